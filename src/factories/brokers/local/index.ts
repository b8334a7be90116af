// A broker in this process. Subpath: `uno-config/brokers/local`.
export { localBroker, LocalBrokerSettings, type LocalBrokerOptions } from './local-broker.js';
