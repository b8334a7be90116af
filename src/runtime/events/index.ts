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
  ConfigEventListener,
  DomainChangeListener,
  PathChangeListener,
  SectionChangeListener,
  SectionInScope,
  SectionTarget,
  SubscribeOptions,
} from './event-listener.js';
export type { EventsDropped, StreamedEvent } from './event-stream.js';
export type { ChangedGenerations } from './notice.js';
export type { StreamOptions } from './stream-options.js';
