// Run by killed-writer.test.ts: saves snapshots until it is killed. Each says how it must look.
import type { Snapshot } from '../../../src/runtime/recovery/index.js';
// The file itself, because five hundred processes start here.
import { lastKnownGood } from '../../../src/runtime/recovery/last-known-good.js';

/** A snapshot whose every part can be told from its time alone, 1 to 200 KB long. */
export function expectedSnapshot(savedAt: number): Snapshot {
  const size = 10 + ((savedAt * 7919) % 2000);
  const tree = {
    serial: savedAt,
    values: Array.from({ length: size }, (_, index) => `${String(savedAt)}/${String(index)}`),
  };
  const layer = { name: 'service', kind: 'custom', references: true, tree, origins: new Map() } as const;
  return {
    savedAt,
    selectors: { environment: 'test' },
    sources: [{ key: 'service', readAt: savedAt, layers: [layer] }],
  };
}

const [, script = '', folder, first] = process.argv;
if (script.endsWith('save-in-a-loop.js') && folder !== undefined) {
  const cache = lastKnownGood({ folder });
  for (let savedAt = Number(first); ; savedAt++) {
    await cache.save(expectedSnapshot(savedAt));
    process.stdout.write(`${String(savedAt)}\n`);
  }
}
