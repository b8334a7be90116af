import { warmLoad } from '../harness/warm-load.js';

export default warmLoad({ shape: 'service', leaves: 1_000, format: 'json' });
