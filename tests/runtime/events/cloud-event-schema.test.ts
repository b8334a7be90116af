import { describe, expect, it } from '@jest/globals';
import { CloudEvent } from 'cloudevents';
import { ConfigEvents, toCloudEvent } from '../../../src/runtime/events/index.js';
import { cloudEventProblems } from './cloud-event-rules.js';
import { httpChanged, others, someGenerations } from './given.js';

// The JSON schema that the authors of CloudEvents publish, as their own package carries it.
function officialVerdict(json: string): boolean {
  try {
    // Whatever the text holds, the constructor is the one to judge it.
    return new CloudEvent(JSON.parse(json) as ConstructorParameters<typeof CloudEvent>[0]).validate();
  } catch {
    return false;
  }
}

function ownVerdict(json: string): boolean {
  return cloudEventProblems(json).length === 0;
}

const events = new ConfigEvents();
const changed = toCloudEvent(events.publish(httpChanged(), someGenerations), { source: '/orders/pod-7' });
const every = [
  changed,
  ...Object.values(others).map((event) =>
    // Each of them may be published; together they are no single signature's.
    toCloudEvent(events.publish(event as typeof others.stale), { source: '/orders/pod-7' }),
  ),
];

/** What is laid over a good event, and what the official schema and our own rules must say of it. */
const verdicts: readonly (readonly [field: string, value: unknown, official: boolean, own: boolean])[] = [
  // The package fills these in where they are empty, before its schema sees them.
  ['id', undefined, true, false],
  ['id', '', true, false],
  ['specversion', '', true, false],
  ['id', 7, false, false],
  ['source', undefined, false, false],
  ['source', '', false, false],
  ['source', 'a b', false, false],
  ['source', 'https://shop.example/orders', true, true],
  ['specversion', '0.9', false, false],
  ['type', undefined, false, false],
  ['type', '', false, false],
  ['datacontenttype', '', false, false],
  ['datacontenttype', 7, false, false],
  ['dataschema', 'no uri', false, false],
  ['dataschema', 'https://shop.example/schema', true, true],
  ['subject', '', false, false],
  ['subject', 7, false, false],
  ['time', 'yesterday', false, false],
  ['time', '2026-02-30T00:00:00Z', false, false],
  ['data', undefined, true, true],
  ['camelCase', 'x', false, false],
  ['region', 'eu', true, true],
  // Ours are the stricter ones where an attribute that is not there may be written as null, and where the specification
  // says more than its schema.
  ['subject', null, true, false],
  ['dataschema', null, true, false],
  ['datacontenttype', 'no media type', true, false],
];

describe('an event beside the schema that CloudEvents publishes', () => {
  it.each(every.map((event) => [event.type, event] as const))('passes as %s', (_, event) => {
    expect(officialVerdict(JSON.stringify(event))).toBe(true);
  });

  it.each(verdicts)('is judged as told with %s: %j', (field, value, official, own) => {
    const json = JSON.stringify({ ...changed, [field]: value });
    expect([officialVerdict(json), ownVerdict(json)]).toEqual([official, own]);
  });
});
