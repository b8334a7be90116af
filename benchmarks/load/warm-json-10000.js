import { warmLoad } from '../harness/warm-load.js';

export default warmLoad({ leaves: 10_000, format: 'json' });
