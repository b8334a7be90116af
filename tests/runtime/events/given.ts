import { ConfigError } from '../../../src/core/index.js';
import type {
  ChangedGenerations,
  ConfigChanged,
  ConfigEvents,
  LeafChange,
  UnpublishedEvent,
} from '../../../src/runtime/events/index.js';
import { loadGeneration, section } from '../../../src/runtime/index.js';
import { ConfigSection } from '../../../src/sections/index.js';
import { object } from '../../../src/sources/index.js';

@ConfigSection('http')
export class HttpSettings {
  port = 80;
}

@ConfigSection('database')
export class DatabaseSettings {
  host = 'localhost';
  size = 1;
}

const sections = [HttpSettings, DatabaseSettings, section(DatabaseSettings, { path: 'replica', name: 'replica' })];

async function generation(values: object): Promise<ChangedGenerations['current']> {
  return loadGeneration({ environment: 'test', env: {}, sections, sources: [object(values)] });
}

/** The generations before and after a change of values. */
export async function between(before: object, after: object): Promise<ChangedGenerations> {
  return { previous: await generation(before), current: await generation(after) };
}

/** Generations for tests that look at events only. */
export const someGenerations = await between({}, {});

export function leaf(path: string, change: Partial<LeafChange> = {}): LeafChange {
  return { path, kind: 'changed', before: 1, after: 2, ...change };
}

/** A change of a setting of `http`, as the reload service gives it. */
export function httpChanged(parts: Partial<UnpublishedEvent<ConfigChanged>> = {}): UnpublishedEvent<ConfigChanged> {
  return {
    type: 'ConfigChanged',
    time: 1_700_000_000_000,
    generation: 2,
    previous: 1,
    reason: 'app.yaml changed',
    sections: [{ section: 'http', target: HttpSettings, changes: [leaf('http.port')] }],
    ...parts,
  };
}

/** Publishes the nth of a series of changes; its generation is n. */
export function publishChange(events: ConfigEvents, generation: number): void {
  events.publish(httpChanged({ generation, previous: generation - 1 }), someGenerations);
}

const refusal = new ConfigError({
  code: 'invalid-settings',
  category: 'binding',
  message: '1 setting is not valid (test):',
  issues: [
    {
      code: 'not-an-integer',
      path: ['http', 'port'],
      message: 'must be an integer, got "80a"',
      hint: 'Write a whole number.',
      origin: { kind: 'file', source: 'app.yaml', key: 'http.port', line: 3, column: 9 },
    },
  ],
});

/** One of each other type. */
export const others = {
  rejected: {
    type: 'ConfigReloadRejected',
    time: 1_700_000_001_000,
    generation: 2,
    reason: 'app.yaml changed',
    error: refusal,
    attempt: 3,
  },
  unchanged: { type: 'ConfigUnchanged', time: 1_700_000_002_000, generation: 2, reason: 'SIGHUP' },
  restart: { type: 'RestartRequired', time: 1_700_000_003_000, generation: 2, paths: ['http.port'] },
  stale: {
    type: 'SourceStale',
    time: 1_700_000_004_000,
    generation: 2,
    source: 'vault',
    since: 1_700_000_000_000,
    error: refusal,
  },
  recovered: { type: 'SourceRecovered', time: 1_700_000_005_000, generation: 2, source: 'vault', after: 1_000 },
} as const satisfies Record<string, UnpublishedEvent>;

/** Calls that go on until a test ends them, one by one. */
export class SlowCalls {
  readonly #open: (() => void)[] = [];

  /** How many have begun and not ended. */
  get open(): number {
    return this.#open.length;
  }

  async begin(): Promise<void> {
    await new Promise<void>((resolve) => this.#open.push(resolve));
  }

  endFirst(): void {
    this.#open.shift()?.();
  }
}

/** Lets everything that waits for nothing but promises go on. */
export async function settled(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
}
