import type { ConfigLayer } from './config-layer.js';
import type { SectionNode } from './config-schema.js';
import type { Clock } from './clock.js';
import type { ConfigLogger } from './config-logger.js';
import type { DeclaredEnvironments } from './environment.js';
import type { LoadAnswer, LoadedDocuments, LoadedSettings, Revision } from './load-answer.js';
import type { Selectors } from './selectors.js';
import type { SettingsStore, StoredDocuments } from './settings-store.js';

/** Values for the parameters of documents. */
export interface LoadParameters {
  readonly values: Readonly<Record<string, string | number | boolean>>;
  /** The names that documents declare, which sources add: one that nothing declares is an error. */
  readonly declared: Set<string>;
}

/** The context of a load. */
export interface LoadContext extends Selectors {
  /** The environments that the application declares besides the three; none when absent. */
  readonly environments?: DeclaredEnvironments;
  /** The option `params`; absent when none are given. */
  readonly params?: LoadParameters;
  /** The shape of the sections being loaded. */
  readonly schema: SectionNode;
  /** Aborts when the load's time is up or the load is no longer wanted. */
  readonly signal: AbortSignal;
  readonly logger: ConfigLogger;
  /** The source's last answer. A source that returns the very same layers reports that nothing has changed. */
  readonly previous?: readonly ConfigLayer[];
  /**
   * Milliseconds for which what has changed must have been still before a source that reads again takes it; 500 when
   * absent.
   */
  readonly settle?: number;
  /** The machine's own time when absent. */
  readonly clock?: Clock;
  /**
   * The revision that the source has notified or already answered: an answer from before it is not taken, so a source that
   * can wait for it, or ask a replica that has it, should. Absent where no revision is known.
   */
  readonly floor?: Revision;
  /** Of a source of several documents: the ids to read. All when absent. */
  readonly ids?: readonly string[];
  /** Takes what the source is waiting for, such as `a.yaml to be written`; a time-out quotes it. Never a value. */
  readonly waitsFor?: (what: string) => void;
  /** True for a read beside those that keep the settings current: what it finds is not what is watched. */
  readonly isStaged?: boolean;
  /** Takes how many bytes have been read, where they are counted. */
  readonly bytesRead?: (count: number) => void;
}

/** The context of a watch. */
export interface WatchContext extends Selectors {
  /** Ends the watching; nothing may be left behind then. */
  readonly signal: AbortSignal;
  /**
   * To be called whenever the source may have changed. A hint is enough: the next load compares.
   *
   * @param revision what the source holds now: it is read until it answers this revision or a later one
   * @param ids the documents that have changed, of a source of several
   */
  readonly changed: (revision?: Revision, ids?: readonly string[]) => void;
  /** Milliseconds between two looks, for a source that has to look. */
  readonly pollInterval: number;
  /** Milliseconds without further changes after which a change is reported; 500 when absent. */
  readonly settle?: number;
  readonly clock: Clock;
  readonly logger: ConfigLogger;
}

/** What a source may answer: its settings or documents, or these with their revision, as `createAnswer` makes it. */
export type LoadResult = LoadedSettings | LoadedDocuments | LoadAnswer;

/** A length of time: a string with a unit, such as `30s`, or a `Duration`. */
export type TimeSpan = string | { readonly milliseconds: number };

/** What a source keeps of one document. */
export interface KeptDocument {
  /** Such as the paths of files. */
  readonly names: readonly string[];
  /** Deletes all of it; nothing of it can be had back. */
  erase(): Promise<void>;
}

/**
 * Makes one or more layers of raw values. The smallest source is an object with a `load()` that returns an object.
 */
export interface ConfigSource {
  /** Names the source in errors and logs; `source 1`, `source 2`, … by position when absent. */
  readonly name?: string;
  /** Two sources with one id read the same thing; lets `getConfig` share its cache between calls. */
  readonly id?: string;
  /** The time between reads while a service keeps it current; a duration with a unit. Only on notice, when absent. */
  readonly poll?: TimeSpan;
  /** The longest that one read may take; a duration with a unit. The load's option `timeout` when absent. */
  readonly timeout?: TimeSpan;
  /** Whether a start may go on without it; see `optional(…)`. False when absent. */
  readonly optional?: boolean;
  load(context: LoadContext): LoadResult | Promise<LoadResult>;
  /**
   * The files that it reads in one environment or another, for tools that change values in place; relative paths
   * start from the working directory. Throws as `load` does.
   */
  files?(context: Pick<LoadContext, 'schema' | 'signal' | 'environments'>): Promise<readonly string[]>;
  /**
   * Looks out for changes until the context's signal ends it. Resolves when it has begun to: after 5 seconds it is no
   * longer waited for, and that is logged.
   */
  watch?(context: WatchContext): void | Promise<void>;
  /**
   * Of a source of documents with `files`: the id of the document that a file belongs to; nothing where each key at the
   * file's root is the id of one. The file's name without its ending when absent.
   */
  documentOf?(file: string): string | undefined;
  /**
   * Of a source of documents that can be written: what it keeps of one, by names for people, and a way to delete that for
   * good; nothing when it keeps none.
   */
  kept?(id: string): Promise<KeptDocument | undefined>;
  /** Of a source that reads a store with releases: the store, for tools that write it and look at its history. */
  readonly store?: SettingsStore;
  /** Of a source with a store: one that holds these documents instead, to check them before they are published. */
  holding?(state: StoredDocuments): ConfigSource;
  /** Releases what the source holds. */
  close?(): void | Promise<void>;
}

/** A source that does what another does, but for what is given; methods are called on the one they belong to. */
export function wrapSource(source: ConfigSource, changes: Partial<ConfigSource>): ConfigSource {
  const kept = WRAPPED.flatMap((name) => {
    const value: unknown = Reflect.get(source, name);
    const own: unknown = typeof value === 'function' ? value.bind(source) : value;
    return value === undefined ? [] : [[name, own] as const];
  });
  // What the other has, by the same names.
  const others = Object.fromEntries(kept) as Partial<ConfigSource>;
  return { load: source.load.bind(source), ...others, ...changes };
}

/** Without the id: what does something else is not the same source. */
const WRAPPED = [
  'name',
  'poll',
  'timeout',
  'optional',
  'files',
  'documentOf',
  'watch',
  'close',
  'kept',
  'store',
  'holding',
] as const;
