import { describe, expect, it } from '@jest/globals';
import { IsInt } from 'class-validator';
import { ConfigStore, loadSettings, section } from '../../src/runtime/index.js';
import { ConfigSection } from '../../src/sections/index.js';
import { object } from '../../src/sources/index.js';
import { caught } from '../sources/caught.js';
import { issuesOf, loaded } from './loading.js';

@ConfigSection('http')
class HttpSettings {
  @IsInt() port = 80;
}

class Unlisted {
  @IsInt() x = 1;
}

const load = async (port: number) => loaded([HttpSettings], { http: { port } });

describe('ConfigStore', () => {
  it('gives the sections of the current generation', async () => {
    const store = new ConfigStore(await load(1));
    const next = await load(2);
    store.commit(next);
    expect([store.current, store.get(HttpSettings).port]).toEqual([next, 2]);
  });

  it('names what is loaded when asked for something else', async () => {
    const named = section(HttpSettings, { path: 'admin', name: 'admin' });
    const store = new ConfigStore(await loaded([HttpSettings, named]));
    const [unlisted, unnamed] = [
      await caught(() => store.get(Unlisted)),
      await caught(() => store.get(HttpSettings, 'other')),
    ];
    expect([unlisted.code, unlisted.message]).toEqual([
      'section-not-loaded',
      `Unlisted is not among the loaded sections: HttpSettings, HttpSettings ("admin").
Add Unlisted to the sections of the ConfigModule.`,
    ]);
    expect(unnamed.message)
      .toBe(`HttpSettings named "other" is not among the loaded sections: HttpSettings, HttpSettings ("admin").
Add section(HttpSettings, { path: '…', name: 'other' }) to the sections of the ConfigModule.`);
  });

  it('tells listeners of a commit until they stop listening', async () => {
    const [first, second, third] = [await load(1), await load(2), await load(3)];
    const store = new ConfigStore(first);
    const told: unknown[] = [];
    const stop = store.onCommit((current, previous) => told.push([current, previous]));
    store.commit(second);
    stop();
    store.commit(third);
    expect(told).toEqual([[second, first]]);
  });

  it('tells every listener, also when one throws, and answers with what was thrown', async () => {
    const store = new ConfigStore(await load(1));
    const told: string[] = [];
    store.onCommit(() => {
      throw new Error('first');
    });
    store.onCommit(() => told.push('second'));
    const next = await load(2);
    expect(store.commit(next)).toEqual([new Error('first')]);
    expect([told, store.current]).toEqual([['second'], next]);
  });
});

describe('a generation', () => {
  it('cannot be changed', async () => {
    const generation = await load(1);
    expect([generation, generation.instances, generation.instances[0]].map((part) => Object.isFrozen(part))).toEqual([
      true,
      true,
      true,
    ]);
  });
});

describe('loadSettings', () => {
  it('loads one section fresh, and leaves other keys to others', async () => {
    const options = { sources: [object({ http: { port: '1' }, other: { x: 1 } })], environment: 'test' } as const;
    const [one, two] = [await loadSettings(HttpSettings, options), await loadSettings(HttpSettings, options)];
    expect([one, one === two]).toEqual([{ port: 1 }, false]);
  });

  it('looks at the keys of its own section, wherever that is placed', async () => {
    const placed = section(HttpSettings, { path: 'a.b' });
    const load = async (values: object) =>
      loadSettings(placed, { sources: [object(values)], environment: 'test' as const });
    expect(await load({ a: { b: { port: 2 }, c: 1 }, d: 1 })).toEqual({ port: 2 });
    expect((await caught(async () => load({ a: { b: { prot: 2 } } }))).message).toContain('Did you mean a.b.port?');
  });

  it('detects the environment from the variables', async () => {
    const error = issuesOf([HttpSettings], { http: { port: 'x' } }, { env: { UNO_ENV: 'prod' } });
    expect(await error).toHaveLength(1);
    const unknown = await caught(async () =>
      loadSettings(HttpSettings, { sources: [], env: { NODE_ENV: 'staging', UNO_REGION: '' } }),
    );
    expect(unknown.code).toBe('unknown-environment');
  });
});
