import { warmLoad } from '../harness/warm-load.js';

export default warmLoad({ leaves: 10, format: 'json' });
