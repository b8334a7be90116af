import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from '@jest/globals';

const SCRIPT = join(process.cwd(), '.build/tests/binding/decorate-with-copies.js');

describe('a class that is decorated by other copies of class-validator and class-transformer', () => {
  it('is bound, transformed and validated as by our own, and both copies are named once', async () => {
    const { stdout } = await promisify(execFile)(process.execPath, [SCRIPT]);
    expect(stdout.split('\n')).toEqual([
      '[false,{"name":"ABC","user":"bob","pool":{"size":7},"cache":"kept"}]',
      'warn class-transformer 2',
      'warn class-validator 2',
      'must be longer than or equal to 2 characters',
      '',
    ]);
  });
});
