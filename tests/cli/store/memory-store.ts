import {
  storeSource,
  type StoreDriver,
  type StoreSource,
  type StoreState,
} from '../../../src/sources/remote/store/index.js';

/** A store that the tests of commands keep in memory: our own port, without a database behind it. */
export interface MemoryStore {
  readonly source: StoreSource;
  /** Called before each append, as another writer that is quicker. */
  beforeAppend: (() => Promise<void>) | undefined;
}

export function memoryStore(documents: 'one' | 'many' = 'one', namespace = 'shop', kind = 'memory'): MemoryStore {
  const releases: { changes: ReadonlyMap<string, string | undefined>; author?: string; comment?: string }[] = [];
  const reports = new Map<string, string>();
  const stateAt = (revision: number): StoreState => {
    const all = new Map<string, string>();
    for (const { changes } of releases.slice(0, revision)) {
      for (const [id, text] of changes) {
        if (text === undefined) all.delete(id);
        else all.set(id, text);
      }
    }
    return { revision, at: 0, documents: all };
  };
  const memory: MemoryStore = {
    beforeAppend: undefined,
    source: storeSource(
      kind,
      { namespace, documents, poll: undefined, timeout: undefined, jitter: undefined, references: undefined },
      {
        read: async ({ at, ids }) => {
          const state = stateAt(Math.min(at ?? releases.length, releases.length));
          const wanted = [...state.documents].filter(([id]) => ids?.includes(id) ?? true);
          return Promise.resolve({ ...state, documents: new Map(wanted) });
        },
        append: async ({ expected, changes, author, comment }) => {
          const before = memory.beforeAppend;
          memory.beforeAppend = undefined;
          await before?.();
          if (expected !== releases.length) return undefined;
          return releases.push({
            changes,
            ...(author !== undefined && { author }),
            ...(comment !== undefined && { comment }),
          });
        },
        history: async (limit) =>
          Promise.resolve(
            releases
              .map(({ changes, ...rest }, index) => ({
                ...rest,
                revision: index + 1,
                at: index,
                documents: [...changes.keys()],
              }))
              .toReversed()
              .slice(0, limit),
          ),
        report: async (instance, text) => Promise.resolve(void reports.set(instance, text)),
        leave: async (instance) => Promise.resolve(void reports.delete(instance)),
        instances: async () => Promise.resolve([...reports.values()].map((text) => ({ text, age: 0 }))),
        close: async () => Promise.resolve(),
      } satisfies StoreDriver,
    ),
  };
  return memory;
}
