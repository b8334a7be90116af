// etcd: the subpath `uno-config/sources/etcd`. Settings in etcd 3, over its HTTP gateway.
//
//   transaction (head is the expected revision) -> head, documents, release -> a watch of the head wakes the readers
export { etcdSource, type EtcdSourceOptions } from './etcd-source.js';
export type { StoreSource, StoreSourceOptions } from '../store/index.js';
