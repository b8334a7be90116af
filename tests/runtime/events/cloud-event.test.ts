import { describe, expect, it } from '@jest/globals';
import {
  ConfigEvents,
  toCloudEvent,
  type CloudEvent,
  type UnpublishedEvent,
} from '../../../src/runtime/events/index.js';
import { cloudEventProblems } from './cloud-event-rules.js';
import { DatabaseSettings, httpChanged, leaf, others, someGenerations } from './given.js';

const source = '/orders/pod-7';

function changed(parts: Parameters<typeof httpChanged>[0] = {}): CloudEvent {
  return toCloudEvent(new ConfigEvents().publish(httpChanged(parts), someGenerations), { source });
}

function other(event: (typeof others)[keyof typeof others]): CloudEvent {
  // Each of them may be published; together they are no single signature's.
  return toCloudEvent(new ConfigEvents().publish(event as UnpublishedEvent & typeof others.stale), { source });
}

const every = [changed(), ...Object.values(others).map(other)];

describe('toCloudEvent', () => {
  it.each(every.map((event) => [event.type, event] as const))('makes a CloudEvent 1.0 of %s', (_, event) => {
    expect(cloudEventProblems(JSON.stringify(event))).toEqual([]);
  });

  it('is checked by rules that see what is wrong', () => {
    const broken = {
      ...changed(),
      id: '',
      specversion: '1.1',
      time: 'yesterday',
      source: 'a b',
      camelCase: 1,
      type: undefined,
    };
    expect(cloudEventProblems(JSON.stringify(broken))).toEqual([
      'type is missing',
      'specversion is not 1.0',
      'id is empty',
      'source is no uri-reference',
      'time is no date-time',
      'camelCase is no attribute name',
    ]);
  });

  it('gives every type of event a name of its own', () => {
    expect(every.map(({ type }) => type)).toEqual([
      'uno-config.changed',
      'uno-config.reload-rejected',
      'uno-config.unchanged',
      'uno-config.restart-required',
      'uno-config.source-stale',
      'uno-config.source-recovered',
    ]);
  });

  it('says when, by whom and about what', () => {
    const { time, source: by, subject, id, datacontenttype } = changed();
    expect({ time, by, subject, id, datacontenttype }).toEqual({
      time: '2023-11-14T22:13:20.000Z',
      by: source,
      subject: 'generations/2',
      id: '1700000000000-2-1',
      datacontenttype: 'application/json',
    });
    expect(other(others.stale).subject).toBe('sources/vault');
  });

  it('gives one event always the same id, and two events two', () => {
    const events = new ConfigEvents();
    const [first, second] = [events.publish(others.unchanged), events.publish(others.unchanged)];
    const ids = [first, first, second].map((event) => toCloudEvent(event, { source }).id);
    expect(ids).toEqual(['1700000002000-2-1', '1700000002000-2-1', '1700000002000-2-2']);
  });

  it('carries the changes with their origins as text', () => {
    const origin = { kind: 'file', source: 'app.yaml', key: 'database.host', line: 3, column: 9 } as const;
    const { data } = changed({
      sections: [
        {
          section: 'replica',
          target: DatabaseSettings,
          name: 'replica',
          changes: [
            leaf('replica.host', { kind: 'added', before: undefined, after: 'db2', origin }),
            leaf('replica.password', { kind: 'removed', before: '[secure]', after: undefined }),
          ],
        },
      ],
    });
    expect(data).toEqual({
      generation: 2,
      sequence: 1,
      previous: 1,
      reason: 'app.yaml changed',
      sections: [
        {
          section: 'replica',
          class: 'DatabaseSettings',
          name: 'replica',
          changes: [
            { path: 'replica.host', kind: 'added', after: 'db2', origin: 'database.host (app.yaml:3:9)' },
            { path: 'replica.password', kind: 'removed', before: '[secure]' },
          ],
        },
      ],
    });
  });

  it('makes JSON of what JSON does not know', () => {
    const after = { big: 10n ** 20n, infinite: -Infinity, list: [null, undefined, true], other: Symbol('x') };
    const { data } = changed({
      sections: [{ section: 'database', target: DatabaseSettings, changes: [leaf('database.size', { after })] }],
    });
    expect(JSON.parse(JSON.stringify(data))).toEqual(data);
    expect(data).toMatchObject({
      sections: [
        {
          changes: [
            {
              after: {
                big: '100000000000000000000',
                infinite: '-Infinity',
                list: [null, null, true],
                other: '(symbol)',
              },
            },
          ],
        },
      ],
    });
  });

  it('carries an error as code, first line and issues', () => {
    expect(other(others.rejected).data).toEqual({
      generation: 2,
      sequence: 1,
      reason: 'app.yaml changed',
      attempt: 3,
      error: {
        code: 'invalid-settings',
        category: 'binding',
        message: '1 setting is not valid (test).',
        issues: [
          {
            code: 'not-an-integer',
            path: 'http.port',
            message: 'must be an integer, got "80a"',
            hint: 'Write a whole number.',
            origin: 'http.port (app.yaml:3:9)',
          },
        ],
      },
    });
  });

  it.each([
    [others.unchanged, { reason: 'SIGHUP' }],
    [others.restart, { paths: ['http.port'] }],
    [others.stale, { source: 'vault', since: '2023-11-14T22:13:20.000Z' }],
    [others.recovered, { source: 'vault', after: 1_000 }],
  ])('carries what $type says', (event, said) => {
    expect(other(event).data).toMatchObject({ generation: 2, sequence: 1, ...said });
  });

  it('takes a name of yours before the dot', () => {
    const event = new ConfigEvents().publish(others.unchanged);
    expect(toCloudEvent(event, { source, typePrefix: 'com.example.orders' }).type).toBe('com.example.orders.unchanged');
  });

  it.each(['', 'my orders', 'orders%zz', 'a\nb'])('refuses the source "%s"', (wrong) => {
    const event = new ConfigEvents().publish(others.unchanged);
    expect(() => toCloudEvent(event, { source: wrong })).toThrow(
      /^toCloudEvent: source must be a URI reference that names this process, such as \/orders\/pod-7; got /,
    );
  });

  it.each(['', 'com.', 'com example'])('refuses the type prefix "%s"', (typePrefix) => {
    const event = new ConfigEvents().publish(others.unchanged);
    expect(() => toCloudEvent(event, { source, typePrefix })).toThrow(
      /^toCloudEvent: typePrefix must be a dotted name, such as com\.example\.orders; got /,
    );
  });
});
