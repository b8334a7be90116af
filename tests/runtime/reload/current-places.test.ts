import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { IsInt, IsOptional, IsString } from 'class-validator';
import { formatOrigin } from '../../../src/core/index.js';
import { factsOf } from '../../../src/runtime/generation/generation.js';
import { ConfigStore, loadGeneration, ReloadService, type ConfigEvent } from '../../../src/runtime/index.js';
import { ConfigSection } from '../../../src/sections/index.js';
import { object, yamlFile } from '../../../src/sources/index.js';
import { FakeClock } from '../fake-clock.js';

@ConfigSection('http')
class HttpSettings {
  @IsInt() public port: number = 3000;
  @IsOptional() @IsString() public host?: string;
}

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'uno-places-'));
});

afterEach(async () => {
  await rm(folder, { recursive: true });
});

interface World {
  readonly store: ConfigStore;
  readonly reloads: ReloadService;
  readonly events: ConfigEvent[];
  /** Saves the file and reloads; the answer is the outcome's status. */
  readonly edit: (text: string) => Promise<string>;
  readonly place: (path: string) => string | undefined;
}

async function world(text: string, over: object = {}): Promise<World> {
  const file = join(folder, 'app.yaml');
  await writeFile(file, text);
  const sources = [yamlFile(file, { name: 'app.yaml' }), object(over, { name: 'over' })];
  const options = { sections: [HttpSettings], sources, environment: 'test', env: {}, clock: new FakeClock() } as const;
  const store = new ConfigStore(await loadGeneration(options));
  const reloads = new ReloadService(store, options, { settle: '0ms' });
  const events: ConfigEvent[] = [];
  reloads.events.on((event) => {
    events.push(event);
  });
  return {
    store,
    reloads,
    events,
    edit: async (next) => {
      await writeFile(file, next);
      const { status } = await reloads.reload('edited');
      await reloads.events.drain();
      return status;
    },
    place: (path) => {
      const winner = store.explain(path).winner;
      return winner && formatOrigin(winner.origin);
    },
  };
}

describe('an edit that changes no value', () => {
  it('makes no generation, and moves the places of values', async () => {
    const { store, reloads, events, edit, place } = await world('http:\n  port: 80\n');
    const before = store.current;
    expect(await edit('# The web server.\n\nhttp:\n  port: 80\n')).toBe('unchanged');
    expect(store.current.number).toBe(before.number);
    expect(store.current.instances).toBe(before.instances);
    expect(before.explain('http.port').winner?.origin).toMatchObject({ line: 2 });
    expect(place('http.port')).toBe('http.port (app.yaml:4:9)');
    expect(store.describe()[0]?.origin).toMatchObject({ line: 4 });
    expect(events.map(({ type }) => type)).toEqual(['ConfigUnchanged']);
    expect(reloads.history()).toHaveLength(1);
  });

  it('moves them in the generation of the history, too', async () => {
    const { reloads, edit } = await world('http:\n  port: 80\n');
    await edit('\nhttp:\n  port: 80\n');
    const generation = reloads.history()[0]?.generation;
    expect(generation?.explain('http.port').winner?.origin).toMatchObject({ line: 3 });
  });

  it('shows what a later source hides as it is now', async () => {
    const { store, edit } = await world('http:\n  port: 80\n', { http: { port: 81 } });
    await edit('http:\n  port: 90\n');
    expect(store.explain('http.port').losers[0]?.value).toBe(90);
  });

  it('is where the next change is measured from', async () => {
    const { edit, events } = await world('http:\n  port: 80\n  host: a\n');
    await edit('\n\nhttp:\n  port: 80\n  host: a\n');
    await edit('http:\n  port: 80\n');
    expect(events.at(-1)).toMatchObject({
      type: 'ConfigChanged',
      sections: [{ changes: [{ path: 'http.host', kind: 'removed', origin: { line: 5 } }] }],
    });
  });

  it('changes no place when it is rejected', async () => {
    const { edit, place } = await world('http:\n  port: 80\n');
    expect(await edit('\nhttp:\n  port: many\n')).toBe('rejected');
    expect(place('http.port')).toBe('http.port (app.yaml:2:9)');
  });
});

describe('a generation of the history', () => {
  it('keeps no text of a file, and still says where the values that came with it stood', async () => {
    const { reloads, edit } = await world('http:\n  port: 80\n  host: a\n');
    await edit('http:\n  port: 81\n  host: a\n');
    await edit('http:\n  port: 82\n  host: a\n');
    const [first, second, third] = reloads.history().map(({ generation }) => factsOf(generation).readings.length);
    expect([first, second, third]).toEqual([0, 0, 3]);
    expect(reloads.history()[1]?.generation.explain('http.port').winner?.origin).toEqual({
      kind: 'file',
      source: 'app.yaml',
      key: 'http.port',
    });
    expect(reloads.diff(1, 2)[0]?.changes).toMatchObject([{ path: 'http.port', after: 81, origin: { line: 2 } }]);
  });

  it('may become current again, and all sources are read after that', async () => {
    const { store, reloads, edit } = await world('http:\n  port: 80\n  host: a\n');
    await edit('http:\n  host: a\n');
    await reloads.rollback(1);
    expect(store.get(HttpSettings)).toMatchObject({ port: 80, host: 'a' });
    expect(await edit('http:\n  host: a\n')).toBe('committed');
    expect(store.get(HttpSettings)).toMatchObject({ port: 3000, host: 'a' });
  });
});
