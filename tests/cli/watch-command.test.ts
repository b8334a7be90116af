import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Clock, ConfigSource } from '../../src/core/index.js';
import { lastKnownGood, planLoad, startReloads, withRecovery, type LoadOptions } from '../../src/runtime/index.js';
import { folderWith, module, removeFolder, run, type Outcome } from './fake-io.js';
import { DatabaseSettings, HttpSettings } from './shop-settings.js';

/** A source whose values a test changes, and waits until they have been read. */
class EditedSource implements ConfigSource {
  public readonly name = 'settings service';
  public closed = 0;
  #values: object;
  #changed: (() => void) | undefined;
  #loaded: () => void = () => undefined;

  public constructor(values: object) {
    this.#values = values;
  }

  public load(): object {
    this.#loaded();
    return this.#values;
  }

  public watch({ changed }: { readonly changed: () => void }): void {
    this.#changed = changed;
  }

  public close(): void {
    this.closed++;
  }

  /** Resolves when the new values have been read. */
  public edit(values: object): Promise<void> {
    return new Promise((resolve) => {
      this.#loaded = resolve;
      this.#values = values;
      this.#changed?.();
    });
  }
}

// Debounces are over at once, and no source ever takes too long.
const clock: Clock = {
  now: () => Date.UTC(2026, 0, 2, 3, 4, 5),
  monotonic: () => 0,
  after: (milliseconds, callback) => {
    const timer = milliseconds > 1_000 ? undefined : setImmediate(callback);
    return () => {
      if (timer !== undefined) clearImmediate(timer);
    };
  },
};

let folder: string;

beforeAll(async () => {
  folder = await folderWith({ 'uno.config.ts': '' });
});

afterAll(() => removeFolder(folder));

/** Watches, changes the values to each of these in turn, waits until something is printed, and stops. */
async function watching(
  argv: readonly string[],
  first: object,
  edits: readonly object[],
): Promise<Outcome & { closed: number }> {
  const source = new EditedSource(first);
  const definition = { sections: [HttpSettings, DatabaseSettings], sources: [source, { load: () => ({}) }], clock };
  const words = ['watch', '--env', 'test', ...argv];
  const outcome = await run(folder, words, module(definition), false, async (nextWrite) => {
    for (const values of edits) {
      const printed = nextWrite();
      await source.edit(values);
      await printed;
    }
  });
  return { ...outcome, closed: source.closed };
}

describe('watch', () => {
  it('prints what changes, with where it comes from, until it is stopped', async () => {
    const { code, out, error, closed } = await watching([], { http: { port: 1 } }, [{ http: { port: 2, host: 'a' } }]);
    expect([code, error, closed]).toEqual([0, '', 1]);
    expect(out).toBe(`Watching 1 of 2 sources (test), 8 settings. Ctrl-C ends it.
2026-01-02T03:04:05.000Z generation 2: settings service changed
  ~ http.port: 1 -> 2
      from http.port (settings service)
  + http.host: "a"
      from http.host (settings service)
`);
  });

  it('says where a removed value was', async () => {
    const { out } = await watching([], { http: { host: 'a' } }, [{}]);
    expect(out).toContain('  - http.host: was "a"\n      it was http.host (settings service)\n');
  });

  it('prints a rejection with its report, and goes on', async () => {
    const { code, out } = await watching([], {}, [{ http: { port: '80a' } }, { http: { port: 81 } }]);
    expect(code).toBe(0);
    expect(out).toContain(`rejected, generation 1 stays: settings service changed
  1 setting is not valid (test):
    - http.port: must be an integer, got "80a"
`);
    expect(out).toContain('generation 2: settings service changed\n  ~ http.port: 8080 -> 81\n');
  });

  it('says when a rejected change is taken back', async () => {
    const http = { port: 1 };
    const { out } = await watching([], { http }, [{ http: { port: '80a' } }, { http }]);
    expect(out).toMatch(/T03:04:05\.000Z valid, generation 1 stays: settings service changed\n$/);
    const { out: json } = await watching(['--format', 'json'], { http }, [{ http: { port: '80a' } }, { http }]);
    expect(json.match(/"uno-config\.[a-z-]+"/g)).toEqual(['"uno-config.reload-rejected"', '"uno-config.unchanged"']);
  });

  it('prints nothing for a change that changes nothing', async () => {
    const source = new EditedSource({ http: { port: 1 } });
    const exported = module({ sections: [HttpSettings], sources: [source], clock });
    const { out } = await run(folder, ['watch', '-e', 'test'], exported, false, async (nextWrite) => {
      await source.edit({ http: { port: 1 } });
      const printed = nextWrite();
      await source.edit({ http: { port: 2 } });
      await printed;
    });
    expect(out.match(/generation \d/g)).toEqual(['generation 2']);
    expect(out).toContain('Watching the one source (test), 3 settings.');
  });

  it('masks secrets', async () => {
    const { out } = await watching([], {}, [{ database: { password: 'swordfish' } }]);
    expect(out).toContain('  ~ database.password: [secure] -> [secure]\n');
    expect(out).not.toContain('swordfish');
  });

  it('lets no text of a source move the cursor', async () => {
    const { out } = await watching([], {}, [{ database: { pools: { 'a\u001b[2J': { max: 1 } } } }]);
    expect(out).toContain('database.pools["a?[2J"].max: 1');
    expect(out).not.toContain('\u001b');
  });

  it('prints a CloudEvent in each line for --format json', async () => {
    const edits = [{ http: { port: 'x' } }, { http: { port: 2 } }];
    const { out } = await watching(['--format', 'json'], {}, edits);
    const events = out
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Readonly<Record<string, unknown>>);
    expect(events.map(({ type }) => type)).toEqual(['uno-config.reload-rejected', 'uno-config.changed']);
    expect(events[1]).toMatchObject({ specversion: '1.0', source: `/uno-config/watch/${String(process.pid)}` });
  });

  it('ends with 1 and the report when the settings are not valid at the start', async () => {
    const { code, out, error, closed } = await watching([], { http: { port: 0 } }, []);
    expect([code, out, closed]).toEqual([1, '', 1]);
    expect(error).toContain('http.port');
  });

  it('goes on with the last known good of a source that is out of reach, and asks it again', async () => {
    let isUp = true;
    let port = 1;
    const load = (): object => {
      if (!isUp) throw new Error('connect ECONNREFUSED');
      return { http: { port } };
    };
    const service = withRecovery({ name: 'ports', load }, { lastKnownGood: true, retry: { initial: '10ms' } });
    const cache = lastKnownGood({ folder: join(folder, 'known') });
    const definition: LoadOptions = {
      sections: [HttpSettings],
      sources: [new EditedSource({}), service],
      lastKnownGood: cache,
      clock,
    };
    const program = { ...definition, environment: 'test' } as const;
    await (await startReloads(program, planLoad(program, false))).reloads.close();
    const before = await readdir(cache.folder);

    isUp = false;
    port = 2;
    const { code, out } = await run(folder, ['watch', '-e', 'test'], module(definition), false, async (nextWrite) => {
      const recovered = nextWrite();
      isUp = true;
      await recovered;
      await nextWrite();
    });
    expect([code, out.split('\n')]).toEqual([
      0,
      [
        '2026-01-02T03:04:05.000Z stale: ports; its last answer stays in use',
        'Watching 1 of 2 sources (test), 3 settings. Ctrl-C ends it.',
        '2026-01-02T03:04:05.000Z recovered: ports',
        '2026-01-02T03:04:05.000Z generation 2: retry of ports',
        '  ~ http.port: 1 -> 2',
        '      from http.port (ports)',
        '',
      ],
    ]);
    // Whoever only looks does not say what has proved good.
    expect(await readdir(cache.folder)).toEqual(before);
  });

  it('names the file when a policy cannot be carried out', async () => {
    const source = withRecovery(new EditedSource({}), { lastKnownGood: true });
    expect(await run(folder, ['watch'], module({ sections: [HttpSettings], sources: [source] }))).toMatchObject({
      code: 2,
      error: expect.stringMatching(
        /^uno-config: uno\.config\.ts cannot be used\. lastKnownGood: sources\[0\] needs it;/,
      ),
    });
  });

  it('refuses when no source can be watched', async () => {
    const exported = module({ sections: [HttpSettings], sources: [{ load: () => ({}) }] });
    expect(await run(folder, ['watch'], exported)).toMatchObject({
      code: 2,
      error: expect.stringMatching(
        /^uno-config: uno\.config\.ts has no source that can be watched\.\nFiles and folders/,
      ),
    });
  });

  it('refuses an interval without a unit', async () => {
    expect(await run(folder, ['watch', '--poll', '5'])).toMatchObject({
      code: 2,
      error:
        'uno-config: --poll must be a duration with a unit, such as 500ms, 10s or 1h30m; got "5": a unit is required after the number: ms, s, m, h, d or w.\n',
    });
  });

  it('documents its own exit codes', async () => {
    expect((await run(folder, ['watch', '--help'])).out).toContain('  0  stopped by Ctrl-C, by SIGTERM');
  });
});
