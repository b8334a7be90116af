import { reloadOneFile } from '../harness/reload-one-file.js';

export default reloadOneFile({ leaves: 10_000, format: 'yaml' });
