import { describe, expect, it } from '@jest/globals';
import { Type } from 'class-transformer';
import { IsInt, IsObject, IsString, ValidateNested } from 'class-validator';
import { parseJsonText } from '../../../src/binding/coerce/index.js';
import { loadSettings } from '../../../src/runtime/index.js';
import { ConfigSection, ListOf, MapOf } from '../../../src/sections/index.js';
import { processEnv } from '../../../src/sources/index.js';
import fc from '../../fast-check.js';
import { failureOf } from './failure-of.js';

class Pool {
  @IsInt() readonly max: number = 1;
  @IsString() readonly name: string = '';
}

@ConfigSection('app')
class AppSettings {
  @IsObject() readonly open: Record<string, unknown> = {};
  @MapOf(() => String) readonly map: Record<string, string> = {};
  @ListOf(() => BigInt) readonly ids: readonly bigint[] = [];
  @ValidateNested() @Type(() => Pool) readonly pool: Pool = new Pool();
}

const load = async (env: Record<string, string>): Promise<AppSettings> =>
  loadSettings(AppSettings, { environment: 'test', env: {}, sources: [processEnv({ prefix: 'APP_', env })] });

describe('parseJsonText', () => {
  it('reads what JSON.parse reads', () => {
    const smallIntegers = fc.json({ noUnicodeString: false }).filter((text) => !/(?<!\.\d*)\d{16}/.test(text));
    fc.assert(
      fc.property(smallIntegers, (text) => {
        expect(parseJsonText(` ${text}\n`)).toEqual(JSON.parse(text));
      }),
      { numRuns: 200 },
    );
  });

  it.each(['', '{', '{"a":1,}', "{'a':1}", '[1] 2', '{"a" 1}', '01', 'NaN'])(
    'gives nothing of the malformed %j',
    (text) => {
      expect(parseJsonText(text)).toBeUndefined();
    },
  );

  it('keeps all digits of an integer', () => {
    expect(parseJsonText('[9007199254740993, -12345678901234567890, 5, 1e3, 1.5, "9007199254740993"]')).toEqual([
      9007199254740993n,
      -12345678901234567890n,
      5,
      1000,
      1.5,
      '9007199254740993',
    ]);
  });

  it('refuses a key that is written twice, however it is escaped', () => {
    const failure = 'duplicate-key: must be a key that is written once in its map, got "a"';
    expect(failureOf(parseJsonText(String.raw`{"x":[{"a":1,"\u0061":2}]}`))).toBe(failure);
  });

  it('refuses half a surrogate pair in values and keys', () => {
    const failure = expect.stringContaining('invalid-text: must be text without half of a surrogate pair');
    expect(failureOf(parseJsonText(String.raw`["\ud83d"]`))).toEqual(failure);
    expect(failureOf(parseJsonText(String.raw`{"\ud83d":1}`))).toEqual(failure);
    expect(parseJsonText(String.raw`["\ud83d\ude00"]`)).toEqual(['😀']);
  });

  it('refuses what is nested too deep, however deep', () => {
    const nested = (depth: number): string => '['.repeat(depth) + ']'.repeat(depth);
    expect(failureOf(parseJsonText(nested(200_000)))).toBe('too-deep: must be at most 100 levels deep, got a list');
    expect(failureOf(parseJsonText(nested(101)))).toBe('too-deep: must be at most 100 levels deep, got a list');
    expect(parseJsonText(nested(100))).toBeInstanceOf(Array);
  });

  it('makes a key of __proto__, for the binding to refuse', () => {
    expect(Object.keys(Object(parseJsonText('{"__proto__":1}')) as object)).toEqual(['__proto__']);
  });
});

describe('JSON in a variable', () => {
  it('is refused where a key is written twice, as in a file', async () => {
    const twice = load({
      APP_APP__OPEN: '{"a":1,"a":2}',
      APP_APP__MAP: '{"a":"1","a":"2"}',
      APP_APP__POOL: '{"max":1,"max":2}',
    });
    await expect(twice).rejects.toMatchObject({
      issues: [
        { code: 'duplicate-key', path: ['app', 'open', 'a'] },
        { code: 'duplicate-key', path: ['app', 'map', 'a'] },
        { code: 'duplicate-key', path: ['app', 'pool', 'max'] },
      ],
    });
  });

  it('keeps the digits of its integers, as a file does', async () => {
    const { open, ids } = await load({
      APP_APP__OPEN: '{"id":12345678901234567890}',
      APP_APP__IDS: '[12345678901234567890]',
    });
    expect(open).toEqual({ id: '12345678901234567890' });
    expect(ids).toEqual([12345678901234567890n]);
  });
});
