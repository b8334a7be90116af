import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { open, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { generateKeyset, Keyset, scopeHash } from '../../../src/security/index.js';
import { temporaryFolder } from '../../sources/file-fixtures.js';

const SCRIPT = join(process.cwd(), '.build/tests/stories/leaks/holding-child.js');
const ENCRYPTED = 'zq7-encrypted-canary-Kx93mWp5';
const SEALED = 'vv3-sealed-canary-Qp48nTz1';

/** Gives the process id and the token of a service that holds both, and what `look` gives meanwhile. */
async function holding<T>(
  look: (pid: number, sealedToken: string, folder: string) => Promise<T>,
  snapshotFile = '',
): Promise<T> {
  const folder = await temporaryFolder();
  const document = generateKeyset('orders');
  const keyset = Keyset.of(document);
  const at = (path: string): string => scopeHash({ app: 'orders', environment: 'test', path });
  const sealed = keyset.seal(Buffer.from(SEALED), at('vault.sealed'));
  const encrypted = keyset.encrypt(Buffer.from(ENCRYPTED), at('vault.encrypted'));
  const vault = { encrypted, sealed, url: 'https://app:${vault.encrypted}@db' };
  await writeFile(join(folder, 'keys.json'), document.toText());
  await writeFile(join(folder, 'app.json'), JSON.stringify({ vault }));
  const files = [join(folder, 'keys.json'), join(folder, 'app.json')];
  const child = spawn(process.execPath, [SCRIPT, ...files, snapshotFile && join(folder, snapshotFile)], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const exited = once(child, 'exit');
  try {
    await Promise.race([once(child.stdout, 'data'), exited]);
    if (child.pid === undefined || child.exitCode !== null) throw new Error('the service did not start');
    return await look(child.pid, sealed, folder);
  } finally {
    child.kill('SIGKILL');
    await exited;
  }
}

/** How often a text stands in the memory that a process can write. Linux only. */
async function occurrences(pid: number, text: string): Promise<number> {
  const needle = Buffer.from(text);
  const maps = await readFile(`/proc/${String(pid)}/maps`, 'utf8');
  const memory = await open(`/proc/${String(pid)}/mem`, 'r');
  let count = 0;
  try {
    for (const [, from = '', to = ''] of maps.matchAll(/^([0-9a-f]+)-([0-9a-f]+) rw/gm)) {
      const [start, end] = [parseInt(from, 16), parseInt(to, 16)];
      for (let at = start; at < end; at += CHUNK) {
        const chunk = Buffer.alloc(Math.min(CHUNK + needle.length, end - at));
        // Pages that cannot be read, such as guards, hold nothing.
        const { bytesRead } = await memory.read(chunk, 0, chunk.length, at).catch(() => ({ bytesRead: 0 }));
        const seen = chunk.subarray(0, bytesRead);
        for (let found = seen.indexOf(needle); found !== -1 && found < CHUNK; found = seen.indexOf(needle, found + 1)) {
          count++;
        }
      }
    }
  } finally {
    await memory.close();
  }
  return count;
}

const CHUNK = 16 * 1024 * 1024;

describe('the memory of a service', () => {
  it('shows no encrypted or sealed value in a heap snapshot', async () => {
    const snapshot = await holding(
      async (_, __, folder) => readFile(join(folder, 'service.heapsnapshot'), 'utf8'),
      'service.heapsnapshot',
    );
    // What would show, if it were there: the ciphertext does.
    expect(snapshot.includes('{jwe}')).toBe(true);
    expect([snapshot.includes(ENCRYPTED), snapshot.includes(SEALED)]).toEqual([false, false]);
  });

  it('holds no copy of a sealed value after its use (on Linux, where it can be looked at)', async () => {
    if (process.platform !== 'linux') {
      process.stderr.write('skipped: the memory of a process can only be looked at on Linux\n');
      return;
    }
    const [secret, token] = await holding(async (pid, sealedToken) => [
      await occurrences(pid, SEALED),
      await occurrences(pid, sealedToken.slice(-40)),
    ]);
    // The ciphertext is there; so the search finds what there is.
    expect(token).toBeGreaterThan(0);
    expect(secret).toBe(0);
  });
});
