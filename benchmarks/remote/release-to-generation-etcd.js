import { storeLatency } from '../harness/store-latency.js';

export default storeLatency('etcd', 'etcd');
