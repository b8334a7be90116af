import { describe, expect, it } from '@jest/globals';
import { formatIssue, originAtPath } from '../../src/core/index.js';

describe('formatIssue', () => {
  it('says what is wrong, where it came from, and what to write instead', () => {
    const text = formatIssue({
      code: 'not-an-integer',
      path: ['database', 'port'],
      message: 'must be an integer, got "80a"',
      hint: 'Write digits only.',
      origin: { kind: 'file', source: 'config/app.yaml', key: 'database.port', line: 12, column: 9 },
    });
    expect(text).toBe(
      'database.port: must be an integer, got "80a"\n    from database.port (config/app.yaml:12:9)\n    Write digits only.',
    );
  });

  it('is the bare sentence for a finding about the whole', () => {
    expect(formatIssue({ code: 'not-a-map', path: [], message: 'the file holds a list' })).toBe(
      'the file holds a list',
    );
  });

  it('leaves out the lines it has nothing for', () => {
    expect(formatIssue({ code: 'missing', path: ['a', 'b.c'], message: 'is not set' })).toBe('a["b.c"]: is not set');
  });

  it('lists the places of all values that it is about', () => {
    const origin = { kind: 'file', source: 'config/app.yaml', key: 'pool.min', line: 3, column: 10 } as const;
    const related = [
      { kind: 'environment', source: 'environment', key: 'APP_POOL__MAX' },
      { kind: 'default', source: 'default', key: 'pool.size' },
    ] as const;
    const text = formatIssue({
      code: 'rule',
      path: ['pool'],
      message: 'is odd',
      origin,
      related,
      hint: 'Even it out.',
    });
    expect(text).toBe(
      [
        'pool: is odd',
        'from pool.min (config/app.yaml:3:10)',
        'and APP_POOL__MAX (environment)',
        'and pool.size (default)',
        'Even it out.',
      ].join('\n    '),
    );
  });

  it('shortens long paths, and leaves those of 120 characters whole', () => {
    const issue = (keys: number) => {
      const path = Array.from({ length: keys }, (_, depth) => `k${String(depth).padStart(3, '0')}`);
      return {
        code: 'too-deep' as const,
        path,
        message: 'is too deep',
        origin: originAtPath('object', 'object', path),
      };
    };
    const start = 'k000.k001.k002.k003.k004.k005.k006.k007.k008.k009.k010.k011.k012.k013.';
    const short = `${start}…k090.k091.k092.k093.k094.k095.k096.k097.k098.k099`;
    expect(formatIssue(issue(100))).toBe(`${short}: is too deep\n    from ${short} (object)`);
    expect(formatIssue(issue(24))).not.toContain('…');
  });

  it('cuts no character in two', () => {
    const text = formatIssue({ code: 'unknown-key', path: [`a${'😀'.repeat(100)}`], message: 'is not known' });
    expect(text).not.toMatch(/\p{Surrogate}/u);
  });
});
