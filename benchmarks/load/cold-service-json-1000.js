import { coldLoad } from '../harness/cold-load.js';

export default coldLoad({ shape: 'service', leaves: 1_000, format: 'json' });
