import { option, readOptions, SourceUnreachable, type ConfigSource, type OptionKinds } from '../core/index.js';
import {
  remoteSource,
  revisionConflict,
  type RemoteAnswer,
  type RemoteWatchContext,
  type WritableSource,
} from '../sources/remote/index.js';

/** What becomes of a fake source's reads. */
export type FakeReads =
  /** They end with the signal only. */
  | 'hang'
  /** They wait for {@link FakeRemoteSource.release}. */
  | 'slow'
  /** The connection ends in the middle of the answer: no answer. */
  | 'cut'
  /** The credentials are refused: no answer. */
  | 'refuse'
  /** The answer is nothing that can be settings: a bad answer. */
  | 'garble'
  /** They answer what was held so many revisions ago, as a replica does that lags behind. */
  | { readonly stale: number };

/** What becomes of a fake source's notices. */
export type FakeNotices =
  /** None of them arrives. */
  | 'lose'
  /** Each arrives twice. */
  | 'double'
  /** They are delayed until this changes, and then arrive in reverse order. */
  | 'reorder';

/** How a fake source misbehaves; what is absent goes as it should. */
export interface FakeBehaviour {
  readonly reads?: FakeReads;
  readonly notices?: FakeNotices;
}

/** A remote source that a test has in its hand. */
export interface FakeRemoteSource extends WritableSource {
  /** The newest revision. */
  readonly revision: number;
  /** How many reads have begun. */
  readonly reads: number;
  /** Replaces the settings, as if by another writer, and gives notice. Returns their revision. */
  publish(settings: object): number;
  /** Misbehaves from now on, in place of what it did before; `{}` ends that. */
  behave(how: FakeBehaviour): void;
  /** Lets the slow reads go on that wait now. */
  release(): void;
}

/** What {@link fakeRemoteSource} takes. */
export interface FakeRemoteSourceOptions extends Pick<ConfigSource, 'poll' | 'timeout'> {
  /** How errors, logs and explanations call it. Default: `fake remote source`. */
  readonly name?: string;
}

const OPTIONS = {
  name: option.or(option.name, 'fake remote source'),
  poll: option.positiveSpan,
  timeout: option.positiveSpan,
} satisfies OptionKinds<FakeRemoteSourceOptions>;

/**
 * A remote source for tests, made with `remoteSource`: it holds the test's settings, in numbered revisions from 1 on, and
 * can hang, be slow, cut, lie behind, and lose, double and reorder its notices. Subpath: `uno-config/testing`.
 *
 * @throws TypeError naming what cannot be used.
 *
 * @example
 * ```ts
 * const remote = fakeRemoteSource({ database: { host: 'a' } });
 * remote.behave({ notices: 'lose' });
 * remote.publish({ database: { host: 'b' } });
 * ```
 */
export function fakeRemoteSource(settings: object, options: FakeRemoteSourceOptions = {}): FakeRemoteSource {
  const { name } = readOptions('fakeRemoteSource', options, OPTIONS);
  option.object.read(settings, 'fakeRemoteSource: the settings');
  const held: object[] = [settings];
  const listeners = new Set<RemoteWatchContext['changed']>();
  let behaviour: FakeBehaviour = {};
  let withheld: number[] = [];
  let released: (() => void)[] = [];
  let reads = 0;

  const give = (revision: number): void => {
    for (const changed of listeners) changed(revision);
  };
  const notify = (revision: number): void => {
    const { notices } = behaviour;
    if (notices === 'reorder') withheld.push(revision);
    else if (notices !== 'lose') give(revision);
    if (notices === 'double') give(revision);
  };
  const publish = (next: object): number => {
    const revision = held.push(next);
    notify(revision);
    return revision;
  };
  const source = remoteSource({
    ...options,
    name,
    read: async ({ signal }) => {
      reads++;
      const { reads: how } = behaviour;
      if (how === 'hang') await ending(signal);
      if (how === 'slow') await Promise.race([ending(signal), new Promise<void>((resolve) => released.push(resolve))]);
      if (how === 'cut')
        throw new SourceUnreachable({ source: name, why: 'the connection ended in the middle of the answer' });
      if (how === 'refuse')
        throw new SourceUnreachable({ source: name, why: 'it answers with status 401', refused: true });
      // A typed caller cannot pass this, but a server can send it.
      if (how === 'garble') return { value: '<html>' };
      return answerOf(held, typeof how === 'object' ? how.stale : 0);
    },
    watch: async ({ changed, signal }) => {
      listeners.add(changed);
      await ending(signal).catch(() => undefined);
      listeners.delete(changed);
    },
    write: async (document, { expected }) => {
      const found = held.length;
      if (expected !== found) throw revisionConflict({ source: name, expected, found });
      return Promise.resolve(publish(document));
    },
  });
  return Object.freeze({
    ...source,
    get revision() {
      return held.length;
    },
    get reads() {
      return reads;
    },
    publish,
    behave: (how: FakeBehaviour) => {
      behaviour = how;
      if (how.notices === 'reorder') return;
      for (const revision of withheld.toReversed()) notify(revision);
      withheld = [];
    },
    release: () => {
      for (const resolve of released) resolve();
      released = [];
    },
  });
}

function answerOf(held: readonly object[], behind: number): RemoteAnswer {
  const revision = Math.max(1, held.length - behind);
  return { value: held[revision - 1] ?? {}, revision };
}

async function ending(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const end = (): void => {
      reject(signal.reason instanceof Error ? signal.reason : new Error('aborted'));
    };
    if (signal.aborted) end();
    else signal.addEventListener('abort', end, { once: true });
  });
}
