import { describe, expect, it } from '@jest/globals';
import { IsInt, IsString } from 'class-validator';
import { createLayer, type ConfigSource, type LoadContext } from '../../src/core/index.js';
import { loadGeneration, section, type Generation, type LoadOptions } from '../../src/runtime/index.js';
import { ConfigSection, Rule } from '../../src/sections/index.js';

/** Counts how often rules were asked, by section. */
const asked: string[] = [];

@ConfigSection('database')
class DatabaseSettings {
  @IsString() public host: string = 'localhost';
  @IsInt() public port: number = 5432;

  @Rule('always holds')
  public counted(): boolean {
    asked.push('database');
    return true;
  }
}

@ConfigSection('http')
class HttpSettings {
  @IsInt() public port: number = 3000;

  @Rule('always holds')
  public counted(): boolean {
    asked.push('http');
    return true;
  }
}

/** A source whose answer a test can change; answers with the same layer while it has not changed. */
class ChangingSource implements ConfigSource {
  public readonly name: string;
  public reads = 0;
  public handedBack = 0;
  #values: Record<string, unknown>;
  #dirty = true;

  public constructor(name: string, values: Record<string, unknown>) {
    this.name = name;
    this.#values = values;
  }

  public set(values: Record<string, unknown>): void {
    this.#values = values;
    this.#dirty = true;
  }

  public load({ previous }: LoadContext): ReturnType<ConfigSource['load']> {
    this.reads++;
    if (previous !== undefined && !this.#dirty) {
      this.handedBack++;
      return previous;
    }
    this.#dirty = false;
    return createLayer({ name: this.name, tree: this.#values });
  }
}

function setUp(): {
  readonly database: ChangingSource;
  readonly http: ChangingSource;
  readonly options: LoadOptions;
  readonly next: (previous: Generation, only?: ReadonlySet<number>) => Promise<Generation>;
} {
  const database = new ChangingSource('database file', { database: { host: 'db', port: 1 } });
  const http = new ChangingSource('http file', { http: { port: 80 } });
  const options: LoadOptions = {
    sections: [DatabaseSettings, HttpSettings],
    sources: [database, http],
    environment: 'test',
  };
  const next = async (previous: Generation, only?: ReadonlySet<number>): Promise<Generation> =>
    loadGeneration(options, { previous, ...(only !== undefined && { only }) });
  asked.length = 0;
  return { database, http, options, next };
}

describe('loading from a previous generation', () => {
  it('gives the previous generation itself when nothing has changed', async () => {
    const { options, next } = setUp();
    const first = await loadGeneration(options);
    expect(await next(first)).toBe(first);
  });

  it('makes only the changed section anew; the others stay the same instances', async () => {
    const { database, options, next } = setUp();
    const first = await loadGeneration(options);
    database.set({ database: { host: 'db2', port: 1 } });
    const second = await next(first);
    expect(second.number).toBe(2);
    expect(second.instances[0]).toEqual(expect.objectContaining({ host: 'db2', port: 1 }));
    expect(second.instances[1]).toBe(first.instances[1]);
    expect(Object.isFrozen(second.instances[0])).toBe(true);
  });

  it('reads only the sources that are named', async () => {
    const { database, http, options, next } = setUp();
    const first = await loadGeneration(options);
    await next(first, new Set([1]));
    expect([database.reads, http.reads]).toEqual([1, 2]);
  });

  it('asks only the rules of sections that were made anew', async () => {
    const { database, options, next } = setUp();
    const first = await loadGeneration(options);
    expect(asked).toEqual(['database', 'http']);
    database.set({ database: { host: 'db3' } });
    await next(first);
    expect(asked).toEqual(['database', 'http', 'database']);
  });

  it('keeps an instance that says the same in other words', async () => {
    const { database, options, next } = setUp();
    const first = await loadGeneration(options);
    database.set({ database: { host: 'db', port: '1' } });
    const again = await next(first);
    expect(again.number).toBe(first.number);
    expect(again.instances).toBe(first.instances);
  });

  it('notices a value that is gone, and falls back to the default', async () => {
    const { database, options, next } = setUp();
    const first = await loadGeneration(options);
    database.set({});
    const second = await next(first);
    expect(second.instances[0]).toEqual(expect.objectContaining({ host: 'localhost', port: 5432 }));
    expect(second.explain('database.host').winner?.origin.kind).toBe('default');
  });

  it('follows references into a section whose own text has not changed', async () => {
    const { database, http, options, next } = setUp();
    http.set({ http: { port: '${database.port}' } });
    const first = await loadGeneration(options);
    database.set({ database: { host: 'db', port: 99 } });
    const second = await next(first, new Set([0]));
    expect(second.instances[1]).toEqual(expect.objectContaining({ port: 99 }));
  });

  it('leaves the previous generation untouched when the new values are wrong', async () => {
    const { database, options, next } = setUp();
    const first = await loadGeneration(options);
    database.set({ database: { host: 'db', port: 'many' } });
    await expect(next(first)).rejects.toThrow(/database\.port: must be an integer/);
    expect(first.instances[0]).toEqual(expect.objectContaining({ host: 'db', port: 1 }));
  });

  it('refuses a key that nobody knows even when no section is touched by it', async () => {
    const { database, options, next } = setUp();
    const first = await loadGeneration(options);
    database.set({ database: { host: 'db', port: 1 }, databse: {} });
    await expect(next(first)).rejects.toMatchObject({ code: 'invalid-settings' });
  });

  it('refuses $unset beside a section below, though it was right without that', async () => {
    const { database, options } = setUp();
    const replica = section(DatabaseSettings, { path: 'database.replica', name: 'replica' });
    const nested = { ...options, sections: [DatabaseSettings, replica], sources: [database] };
    database.set({ database: { $unset: true } });
    const first = await loadGeneration(nested);
    database.set({ database: { $unset: true, replica: { port: 1 } } });
    const refused = { issues: [{ code: 'unknown-key', path: ['database', '$unset'] }] };
    await expect(loadGeneration(nested, { previous: first })).rejects.toMatchObject(refused);
    await expect(loadGeneration(nested)).rejects.toMatchObject(refused);
  });

  it('comes to the same as a load from nothing, whatever changed', async () => {
    const { database, http, options, next } = setUp();
    let current = await loadGeneration(options);
    const steps: (() => void)[] = [
      () => {
        database.set({ database: { port: 7 }, http: { port: 1 } });
      },
      () => {
        http.set({});
      },
      () => {
        http.set({ http: { port: { $unset: true } } });
      },
      () => {
        database.set({ database: { host: 'host-${http.port}' } });
      },
    ];
    for (const step of steps) {
      step();
      current = await next(current);
      const fresh = await loadGeneration(options);
      expect(current.instances).toEqual(fresh.instances);
      expect(current.describe()).toEqual(fresh.describe());
    }
  });

  it('serves named uses of one class apart', async () => {
    const { database, options } = setUp();
    const replica = section(DatabaseSettings, { path: 'replica', name: 'replica' });
    const both: LoadOptions = { ...options, sections: [DatabaseSettings, replica] };
    database.set({ database: { host: 'a' }, replica: { host: 'b' } });
    const sources = [database];
    const first = await loadGeneration({ ...both, sources });
    database.set({ database: { host: 'a' }, replica: { host: 'c' } });
    const second = await loadGeneration({ ...both, sources }, { previous: first });
    expect(second.instances[0]).toBe(first.instances[0]);
    expect(second.instances[1]).toEqual(expect.objectContaining({ host: 'c' }));
  });
});
