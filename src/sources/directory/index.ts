// directory: one file a key, as Kubernetes mounts it.
export * from './directory.js';
