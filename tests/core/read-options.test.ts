import { describe, expect, it } from '@jest/globals';
import { ByteSize, Duration, option, type OptionKinds, OptionMistake, readOptions } from '../../src/core/index.js';

interface CacheOptions {
  readonly folder: string;
  readonly keep?: number;
  readonly every?: string | Duration;
  readonly maxSize?: string | ByteSize;
  readonly fsync?: 'batch' | 'never';
  readonly retry?: { readonly initial?: string | Duration } | false;
  readonly hooks?: readonly (() => void)[];
  readonly sink?: { append: () => void };
}

const KINDS = {
  folder: option.required(option.name),
  keep: option.or(option.count(), 3),
  every: option.or(option.positiveSpan, 60_000),
  maxSize: option.or(option.size, 16 * 1024 * 1024),
  fsync: option.oneOf('batch', 'never'),
  retry: option.either(option.oneOf(false), option.options({ initial: option.or(option.span, 1_000) })),
  hooks: option.listOf(option.callback),
  sink: option.having('an object with append()', 'append'),
} satisfies OptionKinds<CacheOptions>;

/** As a caller without types may call it. */
function read(given: unknown): unknown {
  return readOptions('cache', given as CacheOptions, KINDS);
}

describe('readOptions', () => {
  it('gives each option as what it comes to, with the defaults of those that are absent', () => {
    const given: CacheOptions = { folder: '/var/cache' };
    const values = readOptions('cache', given, KINDS);
    const { folder, keep, every, maxSize } = values;
    const typed: [string, number, number, number] = [folder, keep, every, maxSize];
    expect(typed).toEqual(['/var/cache', 3, 60_000, 16_777_216]);
    expect([values.fsync, values.retry, values.hooks, values.sink]).toEqual([
      undefined,
      undefined,
      undefined,
      undefined,
    ]);
  });

  it('takes texts and values for durations and sizes', () => {
    const given: CacheOptions = {
      folder: 'a',
      every: Duration.of('2s'),
      maxSize: ByteSize.of('1kB'),
      retry: { initial: '5s' },
    };
    expect(readOptions('cache', given, KINDS)).toMatchObject({
      every: 2_000,
      maxSize: 1_000,
      retry: { initial: 5_000 },
    });
  });

  it('takes an option that is undefined for one that is absent', () => {
    expect(read({ folder: 'a', keep: undefined, fsync: undefined })).toMatchObject({ keep: 3, fsync: undefined });
  });

  it.each<[string, unknown, string]>([
    ['no object', 'folder', 'the options must be an object of options, such as { folder: … }; got a string.'],
    ['nothing', undefined, 'the options must be an object of options, such as { folder: … }; got nothing.'],
    ['a typing error', { folder: 'a', evry: '1s' }, 'evry is not an option; did you mean every?'],
    [
      'a name that is like none',
      { folder: 'a', colour: 1 },
      'colour is not an option; the options are folder, keep, every, maxSize, fsync, retry, hooks, sink.',
    ],
    ['a missing option', {}, 'folder must be a string that is not empty; got nothing.'],
    ['null', { folder: null }, 'folder must be a string that is not empty; got null.'],
    ['a fraction', { folder: 'a', keep: 1.5 }, 'keep must be a whole number from 1 on; got 1.5.'],
    [
      'a number for a duration',
      { folder: 'a', every: 5 },
      'every must be a duration with a unit, such as 500ms, 10s or 1h30m; got 5.',
    ],
    [
      'a duration without its unit',
      { folder: 'a', every: '5' },
      'every must be a duration with a unit, such as 500ms, 10s or 1h30m; got "5": a unit is required after the number: ms, s, m, h, d or w.',
    ],
    ['no time', { folder: 'a', every: '0s' }, 'every must be more than nothing; got "0s".'],
    [
      'a size in the wrong case',
      { folder: 'a', maxSize: '10mb' },
      'maxSize must be a size with a unit, such as 512B, 64KiB or 10MB; got "10mb": write the unit MB (powers of 1000) or MiB (powers of 1024), without a blank.',
    ],
    [
      'a word near a legal one',
      { folder: 'a', fsync: 'batsh' },
      'fsync must be one of "batch", "never"; got "batsh". Did you mean "batch"?',
    ],
    ['a flag for a word', { folder: 'a', fsync: true }, 'fsync must be one of "batch", "never"; got true.'],
    [
      'neither of two kinds',
      { folder: 'a', retry: 'never' },
      'retry must be false, or an object of options, such as { initial: … }; got a string.',
    ],
    [
      'a typing error further in',
      { folder: 'a', retry: { intial: '1s' } },
      'retry.intial is not an option; did you mean initial?',
    ],
    ['an item of a list', { folder: 'a', hooks: [() => 1, 'x'] }, 'hooks[1] must be a function; got a string.'],
    [
      'an object that cannot do it',
      { folder: 'a', sink: { write: () => 1 } },
      'sink must be an object with append(); got an object.',
    ],
  ])('refuses %s by the name of the option', (_, given, message) => {
    expect(() => read(given)).toThrow(new TypeError(`cache: ${message}`));
  });

  it('refuses options that many functions take by their own path', () => {
    const reload = option.options({ history: option.count() });
    const given = (value: unknown) => () => readOptions('', { reload: value }, { reload });
    expect(given(true)).toThrow(
      new TypeError('reload must be an object of options, such as { history: … }; got true.'),
    );
    expect(given({ history: 0 })).toThrow(new TypeError('reload.history must be a whole number from 1 on; got 0.'));
  });

  it('shows nothing of a text, which may be a secret', () => {
    expect(() => read('hunter2')).toThrow(/got a string\.$/);
    expect(() => read({ folder: 'a', hooks: 'hunter2', every: 'x'.repeat(41) })).not.toThrow(/hunter2|xxx/);
  });

  it('knows its mistakes from other TypeErrors', () => {
    let thrown: unknown;
    try {
      read({});
    } catch (error) {
      thrown = error;
    }
    expect(OptionMistake.is(thrown)).toBe(true);
    expect(OptionMistake.is(new TypeError('cache: folder'))).toBe(false);
  });
});
