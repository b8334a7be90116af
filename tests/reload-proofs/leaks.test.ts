import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import { PROOF_RUNS } from '../proof-runs.js';
import type { LeakFigures } from './leak-child.js';

// The compiled form of the file beside this one: the process is plain Node.
const CHILD = fileURLToPath(new URL('../../.build/tests/reload-proofs/leak-child.js', import.meta.url));
const RELOADS = PROOF_RUNS * 50;

interface Ended {
  readonly code: number | null;
  readonly signal: string | null;
  readonly text: string;
}

/** Runs the process and waits until it ends by itself; one that does not is killed. */
async function ended(args: readonly string[], patience: number): Promise<Ended> {
  const child = spawn(process.execPath, ['--expose-gc', '--enable-source-maps', CHILD, ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let text = '';
  child.stdout.setEncoding('utf8').on('data', (part: string) => {
    text += part;
  });
  const timer = setTimeout(() => child.kill('SIGKILL'), patience);
  return new Promise((resolve) => {
    child.once('close', (code, signal) => {
      clearTimeout(timer);
      resolve({ code, signal, text });
    });
  });
}

describe('what many reloads leave behind', () => {
  it(
    'is no heap, no listener and no watcher',
    async () => {
      const { code, text } = await ended(['leaks', String(RELOADS)], 240_000 + RELOADS * 60);
      expect(code).toBe(0);
      // Written by leak-child.ts.
      const { committed, before, after, listeners, stopped, active } = JSON.parse(text) as LeakFigures;
      expect(committed).toBe(RELOADS);
      expect(after / before).toBeLessThan(1.05);
      const [open, still, closed] = listeners;
      // All that watch follow one signal: the two sources.
      expect(open).toEqual([2, 1]);
      expect(still).toEqual(open);
      expect(closed).toEqual([0, 0]);
      expect(stopped).toBe(true);
      expect(active).toEqual([]);
    },
    300_000 + RELOADS * 60,
  );

  it('lets the process end by itself once it is closed, whatever was under way', async () => {
    expect(await ended(['close'], 240_000)).toEqual({ code: 0, signal: null, text: '' });
  });
});
