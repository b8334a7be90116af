import { describe, expect, it } from '@jest/globals';
import { surveyGroup } from '../../../src/core/references/survey-group.js';

const LIMITS = { size: 100, depth: 10, isSecret: () => false };

function nested(levels: number): object {
  let group: object = { leaf: 1 };
  for (let level = 1; level < levels; level++) group = [group];
  return group;
}

describe('surveyGroup', () => {
  it('counts a group and everything in it', () => {
    expect(surveyGroup({ a: 1, b: [1, { c: null }], d: new Date(0) }, ['x'], LIMITS)).toEqual({
      size: 7,
      isTooDeep: false,
      secrets: [],
    });
    expect(surveyGroup([], ['x'], LIMITS).size).toBe(1);
  });

  it('stops counting at the limit', () => {
    expect(
      surveyGroup(
        Array.from({ length: 1_000 }, () => [1]),
        ['x'],
        LIMITS,
      ).size,
    ).toBe(100);
  });

  it('allows as many levels as the limit says', () => {
    expect(surveyGroup(nested(10), ['x'], LIMITS).isTooDeep).toBe(false);
    expect(surveyGroup(nested(11), ['x'], LIMITS).isTooDeep).toBe(true);
  });

  it('does not go down a group without end', () => {
    expect(surveyGroup(nested(5_000), ['x'], LIMITS)).toEqual({ size: 11, isTooDeep: true, secrets: [] });
  });

  it('tells where its secrets are, by their paths from the group down', () => {
    const asked: string[] = [];
    const isSecret = (path: readonly string[]): boolean => {
      asked.push(path.join('/'));
      return path.at(-1) === 'key';
    };
    const group = { user: 'app', tls: { key: 'k', list: [{ key: 'l' }] } };
    expect(surveyGroup(group, ['db', '0'], { ...LIMITS, isSecret }).secrets).toEqual([
      ['tls', 'key'],
      ['tls', 'list', '0', 'key'],
    ]);
    expect(asked).toContain('db/0/tls/list/0/key');
    expect(asked).not.toContain('db/0');
  });
});
