// events: what happens to the settings while a program runs, and who receives it.
//
//   publish -> number + freeze -> every listener its own queue, every iteration its own buffer
//                              -> toCloudEvent, for brokers
export { checkDomain } from './check-can-change.js';
export type { JsonValue } from './event-data.js';
export { toCloudEvent, type CloudEvent, type CloudEventOptions } from './cloud-event.js';
export type {
  ConfigChanged,
  ConfigEvent,
  ConfigEventOf,
  ConfigEventType,
  ConfigReloadRejected,
  ConfigUnchanged,
  LeafChange,
  RestartRequiredEvent,
  SectionChange,
  SourceRecovered,
  SourceStale,
  UnpublishedEvent,
} from './config-event.js';
export { ConfigEvents } from './config-events.js';
export type {
  ChangedGenerations,
  ConfigEventListener,
  DomainChangeListener,
  PathChangeListener,
  SectionChangeListener,
  SectionInScope,
  SectionTarget,
  SubscribeOptions,
} from './event-listener.js';
export type { EventsDropped, StreamedEvent, StreamOptions } from './event-stream.js';
