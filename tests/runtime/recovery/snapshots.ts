import type { Snapshot } from '../../../src/runtime/index.js';

/** A snapshot with something of everything. */
export function someSnapshot(part: Partial<Snapshot> = {}, tree: object = { a: 1 }): Snapshot {
  return {
    savedAt: 1000,
    selectors: { environment: 'test' },
    sources: [
      {
        key: 'name:service',
        readAt: 900,
        layers: [
          {
            name: 'service',
            kind: 'custom',
            references: true,
            tree: { ...tree },
            origins: new Map([['a', { kind: 'custom', source: 'service', key: 'A' }]]),
          },
        ],
      },
    ],
    ...part,
  };
}
