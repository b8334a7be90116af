// kubernetes: the subpath `uno-config/sources/kubernetes`. One ConfigMap or Secret, by the API of the cluster.
//
//   list (one object, its resourceVersion) -> values      watch from there -> hints; 410 Gone -> list again
export { kubernetesSource, type KubernetesSourceOptions } from './kubernetes-source.js';
export type { CloudSourceOptions, SecretStoreOptions } from '../cloud/index.js';
export type { Credential } from '../../../http/index.js';
