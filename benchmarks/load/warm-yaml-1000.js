import { warmLoad } from '../harness/warm-load.js';

export default warmLoad({ leaves: 1_000, format: 'yaml' });
