import { coldLoad } from '../harness/cold-load.js';

export default coldLoad({ leaves: 1_000, format: 'json' });
