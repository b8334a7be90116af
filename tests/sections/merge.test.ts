import { describe, expect, it } from '@jest/globals';
import { fieldDeclarations, Merge, mergeBy } from '../../src/sections/index.js';

describe('@Merge', () => {
  it.each(['replace', 'append', 'unique', mergeBy('id')] as const)('declares the strategy %j', (strategy) => {
    class Settings {
      @Merge(strategy) list: string[] = [];
    }
    expect(fieldDeclarations(Settings).get('list')).toEqual({ merge: strategy });
  });
});

describe('mergeBy', () => {
  it('names the key, for good', () => {
    expect(mergeBy('id')).toEqual({ by: 'id' });
    expect(Object.isFrozen(mergeBy('id'))).toBe(true);
  });
});
