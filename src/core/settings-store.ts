/** One state that a store was brought into, and by whom. */
export interface SettingsRelease {
  /** A number that grows with each release. */
  readonly revision: number;
  /** When it was published, in milliseconds since 1970; absent where the store does not keep that. */
  readonly at?: number;
  readonly author?: string;
  readonly comment?: string;
  /** The ids of the documents that it changed; an empty string is the only document of a store of one. */
  readonly documents: readonly string[];
}

/** The documents of a store in one revision. */
export interface StoredDocuments {
  /** 0 while nothing has been published. */
  readonly revision: number;
  /** By id; an empty string is the id of the only document of a store of one. */
  readonly documents: ReadonlyMap<string, object>;
}

/** Documents to publish, by id; `undefined` deletes one. */
export type DocumentChanges = ReadonlyMap<string, object | undefined>;

/** Who publishes, and what they know of the store. */
export interface ReleaseOptions {
  /** The revision that the change starts from; 0 where nothing is there yet. */
  readonly expected: number;
  readonly author?: string | undefined;
  readonly comment?: string | undefined;
}

/** What one running program says of itself in a store. */
export interface InstanceReport {
  /** Identifies the program while it runs: its machine and process, or what it was given. */
  readonly instance: string;
  /** The revision of the store that its settings are made from; absent while it has none. */
  readonly revision?: string;
  /** The number of the settings in use, by its own count. */
  readonly generation: number;
  readonly health: 'healthy' | 'degraded' | 'unhealthy';
  /** What is wrong, a sentence each. */
  readonly problems: readonly string[];
  /** Why it did not take the latest settings; absent while it has. */
  readonly rejection?: { readonly code: string; readonly message: string; readonly time: number };
  /** When it started, in milliseconds since 1970. */
  readonly started: number;
  /** The milliseconds within which it reports again. */
  readonly every: number;
}

/** A report, and the milliseconds since it was written, by the clock of the store. */
export interface SeenInstance extends InstanceReport {
  readonly age: number;
}

/**
 * A store of settings in releases: what a source of `uno-config/sources/postgres` and its siblings reads. All its methods
 * throw `source-unreachable` and `source-refused`.
 */
export interface SettingsStore {
  /** As the source is named: `postgres orders`. */
  readonly name: string;
  /** Whether it holds one document, or one for each tenant. */
  readonly documents: 'one' | 'many';
  /**
   * All documents, in one revision.
   *
   * @param revision the newest when absent
   * @throws ConfigError `revision-gone` where the store does not keep that revision.
   */
  read(revision?: number): Promise<StoredDocuments>;
  /**
   * Publishes changes as one release.
   *
   * @throws ConfigError `revision-conflict` where another release was published since.
   */
  publish(changes: DocumentChanges, options: ReleaseOptions): Promise<number>;
  /** The releases that are kept, newest first. */
  history(limit: number): Promise<readonly SettingsRelease[]>;
  /** Says how a program does; it is listed until it leaves, or for an hour. */
  report(report: InstanceReport): Promise<void>;
  /** Takes a program from the list. */
  leave(instance: string): Promise<void>;
  /** What the programs say that read the store. */
  instances(): Promise<readonly SeenInstance[]>;
}
