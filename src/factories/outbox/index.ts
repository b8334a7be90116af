// outbox: events out of transactions, and into them once. Subpath: `uno-config/outbox`.
//
//   tx.raise -> written before the commit, numbered by key -> relay: lock a partition, publish, remove -> broker
//   a commit of settings of a domain -> map -> events of the application's own classes
//   broker -> inbox.once: remember the number of the key -> handle, in one transaction
export { domainEvents, DomainEventsDefinition, type DomainEventsOptions } from './domain-events.js';
export * from './inbox.js';
export { inboxStatements } from './inbox-tables.js';
export * from './outbox.js';
export { outboxStatements, type Dialect } from './outbox-tables.js';
export type { NumberedEvent, OutboxEvent } from './outbox-event.js';
export type { EventPublisher } from './outbox-relay.js';
export { InboxSettings, OutboxRetrySettings, OutboxSettings } from './outbox-settings.js';
