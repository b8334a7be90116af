import { describe, expect, it } from '@jest/globals';
import { IsInt, IsString } from 'class-validator';
import { planOf } from '../../src/binding/index.js';
import { unknownKey } from '../../src/binding/normalise/unknown-key.js';
import { Alias } from '../../src/sections/index.js';

class AppSettings {
  @Alias('machine') @IsString() host = 'x';
  @IsInt() maxSize = 1;
}

const unknown = (path: readonly string[], key: string) => unknownKey(path, key, planOf(AppSettings));

describe('an unknown key', () => {
  it('is told with its path', () => {
    expect(unknown(['app'], 'colour')).toEqual({
      code: 'unknown-key',
      path: ['app', 'colour'],
      message: 'is not a known key',
      hint: 'The keys here are host, maxSize. Remove it, declare it in a settings class, or list it under foreignKeys.',
    });
  });

  it.each([
    ['a field', 'hots', 'host'],
    ['a field in another spelling', 'maxsiz', 'maxSize'],
    ['an alias', 'machin', 'machine'],
  ])('comes with the path of %s that was most likely meant', (_, written, meant) => {
    expect(unknown(['a', 'b'], written)).toMatchObject({
      path: ['a', 'b', written],
      nearest: ['a', 'b', meant],
    });
  });

  it('at the root of a file may have been meant for the file itself', () => {
    expect(unknown([], '$cohort')).toMatchObject({ nearest: ['$cohorts'] });
    expect(unknown(['app'], '$cohort')).not.toHaveProperty('nearest');
  });
});
