import { coldLoad } from '../harness/cold-load.js';

export default coldLoad({ leaves: 10_000, format: 'json' });
