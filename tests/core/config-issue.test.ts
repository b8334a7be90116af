import { describe, expect, it } from '@jest/globals';
import { formatIssue } from '../../src/core/index.js';

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
});
