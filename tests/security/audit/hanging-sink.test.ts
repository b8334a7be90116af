import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { PATIENCE } from './hang-in-a-sink.js';

const SCRIPT = join(process.cwd(), '.build/tests/security/audit/hang-in-a-sink.js');

async function ended(step: string): Promise<readonly [code: number | null, told: string]> {
  const child = spawn(process.execPath, [SCRIPT, step], { stdio: ['ignore', 'pipe', 'pipe'] });
  let told = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => (told += text));
  await once(child, 'close');
  return [child.exitCode, told];
}

describe('a process whose audit sink never answers', () => {
  it('ends with the error of the event that must be on record, and not without a word', async () => {
    expect(await ended('record')).toEqual([
      1,
      expect.stringContaining(`What must be on record could not be recorded: no answer within ${String(PATIENCE)} ms.`),
    ]);
  });

  it('ends with the error of each later one, too', async () => {
    expect(await ended('twice')).toEqual([1, expect.stringContaining('the audit sink hanging does not answer.')]);
  });

  it('closes when the time is up', async () => {
    expect(await ended('close')).toEqual([0, 'closed\n']);
  });
});
