import { warmLoad } from '../harness/warm-load.js';

export default warmLoad({ shape: 'service', leaves: 100, format: 'json' });
