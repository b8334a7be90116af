import type { Clock, ConfigLogger, DocumentChanges, SettingsRelease } from '../../../core/index.js';

export interface StoreRead {
  /** A revision whose documents need not be sent again. */
  readonly known?: number | undefined;
  /** An earlier revision; the newest when absent. */
  readonly at?: number | undefined;
  /** The documents to read; all when absent. */
  readonly ids?: readonly string[] | undefined;
}

export interface StoreState {
  /** 0 while nothing has been published. */
  readonly revision: number;
  /** In milliseconds since 1970. */
  readonly at?: number | undefined;
  /** JSON text by id; empty when the revision is the known one. */
  readonly documents: ReadonlyMap<string, string>;
}

export interface NewRelease {
  readonly expected: number;
  /** JSON text by id; `undefined` deletes a document. */
  readonly changes: ReadonlyMap<string, string | undefined>;
  readonly author: string | undefined;
  readonly comment: string | undefined;
}

export interface StoreListener {
  readonly changed: (revision?: number, ids?: readonly string[]) => void;
  readonly signal: AbortSignal;
  readonly clock: Clock;
  readonly logger: ConfigLogger;
}

/** What a kind of store does; everything else is common to all of them. Errors of its client pass through. */
export interface StoreDriver {
  read(request: StoreRead): Promise<StoreState>;
  /** The new revision; `undefined` where the store is not at the expected one. */
  append(release: NewRelease): Promise<number | undefined>;
  history(limit: number): Promise<readonly SettingsRelease[]>;
  /** Gives hints for as long as its promise is pending; only polled when absent. */
  listen?(listener: StoreListener): Promise<void>;
  /** Keeps a text for a program, for an hour. */
  report(instance: string, text: string): Promise<void>;
  leave(instance: string): Promise<void>;
  /** The texts of programs, and the milliseconds since each was written. */
  instances(): Promise<readonly { readonly text: string; readonly age: number }[]>;
  close(): Promise<void>;
}

export function changesAsText(changes: DocumentChanges): NewRelease['changes'] {
  return new Map([...changes].map(([id, document]) => [id, document && JSON.stringify(document)]));
}
