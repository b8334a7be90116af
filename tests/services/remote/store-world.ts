import { randomBytes } from 'node:crypto';

import type { ContractSubject, ContractValues } from '../../../src/testing/index.js';
import type { StoreSource, StoreSourceOptions } from '../../../src/sources/remote/postgres/index.js';
import type { FaultProxy } from '../fault-proxy.js';

/** A store on a real server, as the tests treat it. */
export interface StoreKind {
  /** A source that reaches the server through the proxy, and whose reads and notices go through the faults. */
  readonly source: (options: StoreSourceOptions, faults: Faults) => StoreSource;
  /** A source that reaches the server directly. */
  readonly direct: (options: StoreSourceOptions) => StoreSource;
  /** Puts a text in place of the content of the newest document. */
  readonly spoil: (namespace: string, text: string) => Promise<void>;
  /** Removes everything of a namespace. */
  readonly forget: (namespace: string) => Promise<void>;
  readonly proxy: FaultProxy;
}

/** What becomes of reads and notices, which no proxy can do. */
export interface Faults {
  lags: boolean;
  notices: 'arrive' | 'lose' | 'double' | 'reorder';
  /** Passes on the notices that are held back, the last one first. */
  release: () => void;
}

function noFaults(): Faults {
  return { lags: false, notices: 'arrive', release: () => undefined };
}

/** What a listener hears under these faults. */
export function faulty<T>(faults: Faults, listener: (given: T) => void): (given: T) => void {
  const held: T[] = [];
  const before = faults.release;
  faults.release = () => {
    before();
    for (const one of held.splice(0).toReversed()) listener(one);
  };
  return (given) => {
    if (faults.notices === 'reorder') held.push(given);
    else if (faults.notices !== 'lose') listener(given);
    if (faults.notices === 'double') listener(given);
  };
}

interface World {
  readonly namespace: string;
  readonly writer: StoreSource;
  readonly faults: Faults;
  isGarbled: boolean;
  last: ContractValues;
}

/** A namespace that no other test has. */
export function freshNamespace(): string {
  return `t${randomBytes(5).toString('hex')}`;
}

/** Publishes over whatever is there. */
async function publishNext(source: StoreSource, document: object): Promise<number> {
  const { revision } = await source.store.read();
  return Number(await source.write(document, { expected: revision }));
}

/** The contract of sources, over a store. */
export function contractOf(kind: () => StoreKind): ContractSubject<unknown> {
  const garble = async ({ namespace }: World): Promise<void> => kind().spoil(namespace, '"<html>"');
  const subject: ContractSubject<World> = {
    open: async (values) => {
      kind().proxy.mend();
      const namespace = freshNamespace();
      const writer = kind().direct({ namespace });
      await writer.write({ contract: values }, { expected: undefined });
      return { namespace, writer, faults: noFaults(), isGarbled: false, last: values };
    },
    source: ({ namespace, faults }) => kind().source({ namespace, poll: '1m', timeout: '10s', jitter: '10ms' }, faults),
    set: async (world, values) => {
      world.last = values;
      await publishNext(world.writer, { contract: values });
      if (world.isGarbled) await garble(world);
    },
    remove: async ({ namespace }) => kind().forget(namespace),
    poison: async ({ writer }) => {
      // An object, as it is written.
      await publishNext(writer, JSON.parse('{"contract":{"__proto__":{"polluted":1}}}') as object);
    },
    network: {
      heal: async (world) => {
        const { proxy, spoil } = kind();
        proxy.mend();
        proxy.reset();
        world.faults.lags = false;
        world.faults.notices = 'arrive';
        world.faults.release();
        if (world.isGarbled) await spoil(world.namespace, JSON.stringify({ contract: world.last }));
        world.isGarbled = false;
      },
      hang: () => {
        kind().proxy.stall();
      },
      cut: () => {
        kind().proxy.refuse();
        kind().proxy.reset();
      },
      garble: (world) => {
        world.isGarbled = true;
      },
      lag: ({ faults }) => {
        faults.lags = true;
      },
    },
    close: async ({ writer, namespace }) => {
      await writer.close?.();
      await kind().forget(namespace);
    },
  };
  // The world is opened, treated and closed by this subject alone.
  return subject as ContractSubject<unknown>;
}

/** The faults of notices besides, for a store that has any. */
export function noticeFaults(): Pick<NonNullable<ContractSubject<unknown>['network']>, 'lose' | 'double' | 'reorder'> {
  const treat = (notices: Faults['notices']) => (world: unknown) => {
    (world as World).faults.notices = notices;
  };
  return { lose: treat('lose'), double: treat('double'), reorder: treat('reorder') };
}
