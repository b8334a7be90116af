// Sagas in this process, kept nowhere. Subpath: `uno-config/sagas/local`.
export { localSagas, type LocalSagasOptions } from './local-sagas.js';
