import { warmLoad } from '../harness/warm-load.js';

export default warmLoad({ shape: 'service', leaves: 10, format: 'json' });
