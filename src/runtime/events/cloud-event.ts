import { option, type OptionKinds, quoted, readOptions } from '../../core/index.js';
import type { ConfigEvent, ConfigEventType } from './config-event.js';
import { eventData, timeText, type JsonValue } from './event-data.js';

/** An event in the JSON form of CloudEvents 1.0, ready for `JSON.stringify` and `application/cloudevents+json`. */
export interface CloudEvent {
  readonly specversion: '1.0';
  /** Made of the event's time, generation and sequence: the same event always has the same. */
  readonly id: string;
  readonly source: string;
  /** `uno-config.changed`, `uno-config.reload-rejected`, … */
  readonly type: string;
  /** RFC 3339, in UTC. */
  readonly time: string;
  /** `generations/7` or `sources/environment`. */
  readonly subject: string;
  readonly datacontenttype: 'application/json';
  readonly data: JsonValue;
}

/** What {@link toCloudEvent} takes besides the event. */
export interface CloudEventOptions {
  /**
   * The program that emits the event, as a URI or a relative one, such as `https://shop.example/orders/pod-7` or
   * `/orders/pod-7`. Ids are unique per source, so every process needs one of its own.
   */
  readonly source: string;
  /** The prefix before the dot in `type`; a reversed domain of yours, such as `com.example.orders`; default `uno-config`. */
  readonly typePrefix?: string | undefined;
}

const TYPE_NAMES: Readonly<Record<ConfigEventType, string>> = {
  ConfigChanged: 'changed',
  ConfigReloadRejected: 'reload-rejected',
  ConfigUnchanged: 'unchanged',
  RestartRequired: 'restart-required',
  SourceStale: 'source-stale',
  SourceRecovered: 'source-recovered',
};

/**
 * An event for a broker, in the JSON form of CloudEvents 1.0. Types are `uno-config.changed`,
 * `uno-config.reload-rejected`, `uno-config.unchanged`, `uno-config.restart-required`, `uno-config.source-stale` and
 * `uno-config.source-recovered`. Values are safe to send: secrets are masked. Subpath: `uno-config/observability`.
 *
 * @throws TypeError when `source` is no URI reference or `typePrefix` no dotted name.
 *
 * @example
 * ```ts
 * container.get(ConfigEvents).on('ConfigChanged', (event) =>
 *   fetch('https://broker.example/events', {
 *     method: 'POST',
 *     headers: { 'content-type': 'application/cloudevents+json' },
 *     body: JSON.stringify(toCloudEvent(event, { source: '/orders/pod-7' })),
 *   }),
 * );
 * ```
 */
export function toCloudEvent(event: ConfigEvent, options: CloudEventOptions): CloudEvent {
  const { source, typePrefix = 'uno-config' } = readOptions('toCloudEvent', options, OPTIONS);
  return Object.freeze({
    specversion: '1.0',
    // Generation and sequence restart with every start of a program; the time distinguishes the starts.
    id: `${String(event.time)}-${String(event.generation)}-${String(event.sequence)}`,
    source,
    type: `${typePrefix}.${TYPE_NAMES[event.type]}`,
    time: timeText(event.time),
    subject: subjectOf(event),
    datacontenttype: 'application/json',
    data: eventData(event),
  });
}

const OPTIONS = {
  source: option.required(
    matching(
      'a URI reference that names this process, such as /orders/pod-7',
      /^(?:[\w\-.~:/?#[\]@!$&'()*+,;=]|%[\dA-Fa-f]{2})+$/,
    ),
  ),
  typePrefix: matching('a dotted name, such as com.example.orders', /^[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*$/),
} satisfies OptionKinds<CloudEventOptions>;

function matching(expected: string, pattern: RegExp): ReturnType<typeof option.kind> {
  return option.kind(expected, (value) => typeof value === 'string' && pattern.test(value), quoted);
}

function subjectOf(event: ConfigEvent): string {
  if (event.type === 'SourceStale' || event.type === 'SourceRecovered') return `sources/${event.source}`;
  return `generations/${String(event.generation)}`;
}
