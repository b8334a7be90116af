import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach } from '@jest/globals';
import type { LogRecord, WatchContext } from '../../../src/core/index.js';
import type { Keyring, KeyringContext } from '../../../src/security/index.js';
import { FakeClock } from '../../runtime/fake-clock.js';

const folders: string[] = [];
const stops: AbortController[] = [];

afterEach(async () => {
  for (const stop of stops.splice(0)) stop.abort();
  await Promise.all(folders.splice(0).map((folder) => rm(folder, { recursive: true, force: true })));
});

/** A folder that is removed after the test. */
export async function newFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'uno-config-keys-'));
  folders.push(folder);
  return folder;
}

/** What a keyring is told when it loads. */
export function context(changes: Partial<KeyringContext> = {}): KeyringContext {
  return {
    environment: 'development',
    env: {},
    signal: new AbortController().signal,
    logger: { log: () => undefined },
    ...changes,
  };
}

/** A keyring that is being watched. */
export interface WatchedKeyring {
  readonly clock: FakeClock;
  readonly stop: () => void;
  /** Lets one poll pass, and tells whether the keyring said that it has changed since the last one. */
  readonly poll: () => Promise<boolean>;
}

/** Watches a keyring on a clock of its own until the test is over. */
export async function watching(keyring: Keyring): Promise<WatchedKeyring> {
  const clock = new FakeClock();
  const stop = new AbortController();
  stops.push(stop);
  let calls = 0;
  let asked = 0;
  const records: LogRecord[] = [];
  const watch: WatchContext = {
    environment: 'development',
    signal: stop.signal,
    changed: () => calls++,
    pollInterval: 500,
    clock,
    logger: { log: (record) => records.push(record) },
  };
  await keyring.watch?.(watch);
  return {
    clock,
    stop: () => {
      stop.abort();
    },
    poll: async () => {
      clock.advance(500);
      // The next poll is asked for when this one is over.
      while (clock.waiting === 0 && !stop.signal.aborted) await new Promise(setImmediate);
      const told = calls > asked;
      asked = calls;
      return told;
    },
  };
}
