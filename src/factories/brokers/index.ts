// brokers: events that are published and handled through a broker that is a resource. src/brokers.ts shows them.
export * from './port/index.js';
