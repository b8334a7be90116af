import { warmLoad } from '../harness/warm-load.js';

export default warmLoad({ leaves: 100, format: 'json' });
