import { storeLatency } from '../harness/store-latency.js';

export default storeLatency('redis', 'Redis');
