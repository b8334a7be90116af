import { getEventListeners } from 'node:events';
import { describe, expect, it } from '@jest/globals';
import { IsInt, IsString } from 'class-validator';
import { ConfigError, createLayer, type ConfigSource, type LoadContext } from '../../../src/core/index.js';
import { ConfigSection } from '../../../src/sections/index.js';
import { jsonFile, object } from '../../../src/sources/index.js';
import { barrier } from '../barrier.js';
import { FakeClock } from '../fake-clock.js';
import { loaded, made, RecordingLogger, refused } from '../loading.js';
import { rejectAnything } from '../throwing.js';

@ConfigSection('app')
class AppSettings {
  @IsString() name = 'app';
  @IsInt() port = 1;
}

/** A source that answers when the test says so. */
function pending(
  name: string,
): ConfigSource & { readonly context: Promise<LoadContext>; answer(values: object): void } {
  const told = barrier<LoadContext>();
  const answer = barrier<object>();
  return {
    name,
    context: told.promise,
    answer: answer.open,
    load: (context) => {
      told.open(context);
      return answer.promise;
    },
  };
}

describe('reading sources', () => {
  it('takes any object with load(), with or without a promise', async () => {
    const sources = [{ load: () => ({ app: { name: 'a' } }) }, { load: () => Promise.resolve({ app: { port: 2 } }) }];
    expect(await made(AppSettings, sources)).toEqual({ name: 'a', port: 2 });
  });

  it('takes a source that is an instance of a class', async () => {
    class Remote {
      readonly #port = 3;
      load(): object {
        return { app: { port: this.#port } };
      }
    }
    expect(await made(AppSettings, [new Remote()])).toMatchObject({ port: 3 });
  });

  it('takes one layer, or several with the later one winning', async () => {
    const layer = (port: number) => createLayer({ name: `layer ${String(port)}`, tree: { app: { port } } });
    const sources = [{ load: () => layer(1) }, { load: () => [layer(2), layer(3)] }];
    expect(await made(AppSettings, sources)).toMatchObject({ port: 3 });
  });

  it('listens once to the signal of the load, however many sources there are, and only while they load', async () => {
    const { signal } = new AbortController();
    const sources = Array.from({ length: 12 }, (_source, index) => pending(`source ${String(index)}`));
    const loading = loaded([AppSettings], sources, { signal });
    await Promise.all(sources.map(async (source) => source.context));
    const during = getEventListeners(signal, 'abort').length;
    for (const source of sources) source.answer({});
    await loading;
    expect([during, getEventListeners(signal, 'abort').length]).toEqual([1, 0]);
  });

  it('does not stop a source that has answered when the load is given up', async () => {
    const [quick, slow] = [pending('quick'), pending('slow')];
    const controller = new AbortController();
    const loading = refused([AppSettings], [quick, slow], { signal: controller.signal });
    const [answered, waiting] = await Promise.all([quick.context, slow.context]);
    quick.answer({});
    await new Promise(setImmediate);
    controller.abort();
    expect((await loading).code).toBe('load-aborted');
    expect([answered.signal.aborted, waiting.signal.aborted]).toEqual([false, true]);
  });

  it('names a source by its place when it has no name', async () => {
    const error = await refused([AppSettings], [object({}), { load: () => ({ app: { port: 'x' } }) }]);
    expect(error.message).toContain('from app.port (source 2)');
  });

  it('names a source as it names itself', async () => {
    const error = await refused([AppSettings], [{ name: 'vault', load: () => ({ app: { port: 'x' } }) }]);
    expect(error.message).toContain('from app.port (vault)');
  });

  it('copies what a source gives, which stays as it was', async () => {
    const values = { app: { name: 'a', list: [1] } };
    await loaded([AppSettings], [{ load: () => values }], { unknownKeys: 'ignore' });
    expect([Object.isFrozen(values.app), values]).toEqual([false, { app: { name: 'a', list: [1] } }]);
  });

  it('tells a source where it loads, and the shape of the sections', async () => {
    const source = pending('waiting');
    const loading = loaded([AppSettings], [source], { environment: 'production', region: 'eu', deployment: 'blue' });
    const { environment, region, deployment, schema, signal } = await source.context;
    source.answer({});
    await loading;
    expect({ environment, region, deployment }).toEqual({
      environment: 'production',
      region: 'eu',
      deployment: 'blue',
    });
    expect([...schema.keys.keys(), signal.aborted]).toEqual(['app', 'modules', false]);
  });

  it('reads all sources side by side', async () => {
    const [first, second] = [pending('first'), pending('second')];
    const loading = made(AppSettings, [first, second]);
    // Both have been asked before either has answered; the second answers first and still wins.
    await Promise.all([first.context, second.context]);
    second.answer({ app: { port: 2 } });
    first.answer({ app: { port: 1, name: 'first' } });
    expect(await loading).toEqual({ name: 'first', port: 2 });
  });

  it('logs what it read, at debug level, with layers and time', async () => {
    const logger = new RecordingLogger();
    const clock = new FakeClock();
    const source = { name: 'slow', load: () => (clock.advance(5), {}) };
    await loaded([AppSettings], [source], { logger, clock });
    expect(logger.of('config.source.read')).toEqual([
      {
        level: 'debug',
        event: 'config.source.read',
        message: 'Read slow.',
        fields: { source: 'slow', layers: ['slow'], milliseconds: 5 },
      },
    ]);
  });
});

describe('a source that fails', () => {
  it('is named, with what it threw', async () => {
    const source = { name: 'vault', load: () => Promise.reject(new RangeError('no route')) };
    const error = await refused([AppSettings], [source]);
    expect([error.code, error.category]).toEqual(['source-failed', 'source']);
    expect(error.message).toBe(
      'vault could not be read: it threw RangeError.\nIts message may hold a secret and is not shown; throw a ConfigError to say more.',
    );
  });

  it('may fail before it gives a promise', async () => {
    const source: ConfigSource = {
      load: () => {
        throw new RangeError('at once');
      },
    };
    expect((await refused([AppSettings], [source])).message).toContain(
      'source 1 could not be read: it threw RangeError.',
    );
  });

  it.each<[unknown]>([['a text'], [undefined], [null], [{ password: 'hunter2' }]])(
    'may throw %p, which is not shown',
    async (thrown) => {
      const source: ConfigSource = {
        load: () => rejectAnything(thrown),
      };
      const error = await refused([AppSettings], [source]);
      expect([error.code, error.message, error.cause]).toEqual([
        'source-failed',
        'source 1 could not be read: it threw something that is not an error.\nIts message may hold a secret and is not shown; throw a ConfigError to say more.',
        undefined,
      ]);
    },
  );

  it('shows nothing of its own words, in the message or a cause', async () => {
    const source = { name: 'db', load: () => Promise.reject(new Error('cannot reach postgres://app:hunter2@db/x')) };
    const error = await refused([AppSettings], [source]);
    expect([error.code, error.message]).toEqual([
      'source-unreachable',
      'db cannot be reached: it threw Error.\nCheck that it runs and can be reached from here.',
    ]);
    expect(error.cause).toBeUndefined();
  });

  it('keeps its own ConfigError', async () => {
    const own = new ConfigError({ code: 'vault:sealed', category: 'source', message: 'The vault is sealed.' });
    expect(await refused([AppSettings], [{ load: () => Promise.reject(own) }])).toBe(own);
  });

  it.each([
    ['a list', [1]],
    ['string', 'text'],
    ['number', 5],
    ['undefined', undefined],
  ])('answers %s instead of an object', async (what, answer) => {
    const error = await refused([AppSettings], [{ name: 'odd', load: () => answer as unknown as object }]);
    expect([error.code, error.message]).toEqual([
      'not-a-map',
      `odd answered ${what} instead of an object of settings.`,
    ]);
  });

  it('is told together with all others that fail', async () => {
    const sources: readonly ConfigSource[] = [
      { name: 'one', load: () => Promise.reject(new Error('first')) },
      object({}),
      jsonFile('/nowhere/app.json'),
      {
        name: 'three',
        load: () => {
          const issues = [{ code: 'acme:bad-key' as const, path: ['app', 'x'], message: 'is bad' }];
          throw new ConfigError({ code: 'acme:failed', category: 'parse', message: 'Three.', issues });
        },
      },
    ];
    const error = await refused([AppSettings], sources);
    expect([error.code, error.category]).toEqual(['sources-failed', 'source']);
    expect(error.issues.map(({ code, path }) => [code, path])).toEqual([
      ['source-unreachable', []],
      ['source-not-found', []],
      ['acme:bad-key', ['app', 'x']],
    ]);
    expect(error.message).toContain('3 sources could not be read.\n  - one cannot be reached: it threw Error.');
  });

  it('is never told as a missing key', async () => {
    @ConfigSection('needed')
    class NeededSettings {
      @IsString() url!: string;
    }
    const error = await refused([NeededSettings], [{ name: 'vault', load: () => Promise.reject(new Error('down')) }]);
    expect([error.code, error.issues]).toEqual(['source-unreachable', []]);
  });
});

describe('a source that takes too long', () => {
  it('is given up with the reason that it gives for its wait', async () => {
    const clock = new FakeClock();
    const source = pending('slow');
    const loading = refused([AppSettings], [source], { clock, timeout: '5s' });
    const { waitsFor } = await source.context;
    waitsFor?.('a.yaml to stay unchanged for 500 ms');
    clock.advance(5000);
    expect((await loading).message).toBe(
      'slow did not answer within 5000 ms: it was waiting for a.yaml to stay unchanged for 500 ms.\nFind what writes it all the time, or lower the option reload.settle.',
    );
  });

  it('is given up after the timeout', async () => {
    const clock = new FakeClock();
    const source = pending('slow');
    const loading = refused([AppSettings], [source], { clock, timeout: '5s' });
    const { signal } = await source.context;
    clock.advance(4999);
    const before = signal.aborted;
    clock.advance(1);
    const error = await loading;
    expect([before, signal.aborted, signal.reason]).toEqual([false, true, error]);
    expect([error.code, error.message]).toEqual([
      'source-timeout',
      'slow did not answer within 5000 ms.\nCheck that it can be reached, or give it longer with the option timeout.',
    ]);
  });

  it('is given 30 seconds by default, and stops waiting when the source answers', async () => {
    const clock = new FakeClock();
    const source = pending('slow');
    const loading = made(AppSettings, [source], { clock });
    await source.context;
    clock.advance(29_999);
    source.answer({ app: { port: 9 } });
    expect([(await loading).port, clock.waiting]).toEqual([9, 0]);
  });

  it('is told as such even when it fails because of the abort', async () => {
    const clock = new FakeClock();
    const started = barrier<undefined>();
    const source: ConfigSource = {
      name: 'obedient',
      load: ({ signal }) =>
        new Promise((_, reject) => {
          signal.addEventListener('abort', () => {
            reject(new Error('I was aborted'));
          });
          started.open(undefined);
        }),
    };
    const loading = refused([AppSettings], [source], { clock });
    await started.promise;
    clock.advance(30_000);
    expect((await loading).code).toBe('source-timeout');
  });

  it.each([
    ['5', 'a duration needs a unit'],
    ['soon', 'soon'],
  ])('refuses the timeout %s', async (timeout) => {
    await expect(loaded([AppSettings], {}, { timeout })).rejects.toThrow(/^timeout must be a duration with a unit, /);
  });
});

describe('a load that is given up', () => {
  it('ends at once, and tells its sources', async () => {
    const controller = new AbortController();
    const source = pending('slow');
    const loading = refused([AppSettings], [source], { signal: controller.signal });
    const { signal } = await source.context;
    controller.abort(new Error('hunter2'));
    const error = await loading;
    expect([error.code, error.message, error.cause]).toEqual([
      'load-aborted',
      'The load was given up by its caller.',
      undefined,
    ]);
    expect(signal.aborted).toBe(true);
  });

  it('asks no source when it was given up before it began', async () => {
    let asked = 0;
    const source: ConfigSource = { load: () => ((asked += 1), {}) };
    const error = await refused([AppSettings], [source], { signal: AbortSignal.abort() });
    expect([error.code, asked]).toEqual(['load-aborted', 0]);
  });

  it('gives the reason when that is a ConfigError', async () => {
    const reason = new ConfigError({ code: 'acme:closing', category: 'lifecycle', message: 'Closing.' });
    expect(await refused([AppSettings], [object({})], { signal: AbortSignal.abort(reason) })).toBe(reason);
  });
});

describe('the sources option', () => {
  it.each([
    [null, 'null'],
    [{}, 'an object'],
    ['app.yaml', 'a string'],
    [{ load: 'x' }, 'an object'],
  ])('refuses %p', async (source, got) => {
    await expect(loaded([AppSettings], [object({}), source as unknown as ConfigSource])).rejects.toThrow(
      new TypeError(`sources[1] must be a source with load(); got ${got}.`),
    );
  });
});
