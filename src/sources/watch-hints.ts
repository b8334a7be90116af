import type { FSWatcher } from 'node:fs';
import { watch } from 'node:fs';
import { basename } from 'node:path';
import { systemCode } from './file-error.js';
import { tellsAllChanges } from './watch-file-system.js';

/** Which names in which folders are worth a look. */
export type HintFolders = ReadonlyMap<string, (name: string) => boolean>;

/** What {@link FolderHints} tells. */
export interface HintListener {
  /** Something may have changed. */
  readonly hint: () => void;
  /** A folder is not watched any more, or cannot be now. */
  readonly lost: () => void;
  /** Nothing more will be told; called once. */
  readonly unavailable: (code: string) => void;
}

/** How a folder is watched; `watch` of `node:fs`. */
export type OpenWatcher = (
  folder: string,
  options: { readonly persistent: false },
  listener: (event: string, name: string | null) => void,
) => FSWatcher;

// The folder went away, or may not be watched on Windows while it does: nothing is wrong with watching itself.
const FOLDER_GONE: ReadonlySet<string> = new Set(['ENOENT', 'ENOTDIR', 'EPERM', 'EACCES', 'ELOOP']);

/** Watches folders with the operating system's means, which are quick but tell neither all nor only what matters. */
export class FolderHints {
  readonly #open: OpenWatcher;
  readonly #listener: HintListener;
  readonly #watchers = new Map<string, FSWatcher>();
  readonly #silent = new Set<string>();
  #wanted: HintFolders = new Map();
  #ended = false;

  public constructor(listener: HintListener, open: OpenWatcher = watch) {
    this.#listener = listener;
    this.#open = open;
  }

  /** Whether a change in any of the folders that are there is sure to be told. */
  public get dependable(): boolean {
    return !this.#ended && this.#silent.size === 0;
  }

  /** Whether all folders are watched that can be. */
  public get complete(): boolean {
    return this.#ended || this.#watchers.size === this.#wanted.size;
  }

  /** Watches these folders and no others. Those that are not there are left out. */
  public async watch(folders: HintFolders): Promise<void> {
    if (this.#ended) return;
    this.#wanted = folders;
    for (const folder of this.#watchers.keys()) if (!folders.has(folder)) this.#forget(folder);
    await this.watchMissing();
  }

  /** Tries again to watch what was not there. */
  public async watchMissing(): Promise<void> {
    for (const folder of this.#wanted.keys()) {
      if (this.#watchers.has(folder)) continue;
      this.#begin(folder);
      if (!(await tellsAllChanges(folder))) this.#silent.add(folder);
    }
  }

  /** Ends all watching. */
  public close(): void {
    this.#ended = true;
    for (const folder of this.#watchers.keys()) this.#forget(folder);
  }

  #begin(folder: string): void {
    if (this.#ended) return;
    try {
      const watcher = this.#open(folder, { persistent: false }, (_, name) => {
        this.#hear(folder, name);
      });
      this.#watchers.set(folder, watcher);
      watcher.on('error', (error) => {
        this.#fail(folder, error);
      });
    } catch (error) {
      this.#fail(folder, error);
    }
  }

  #hear(folder: string, name: string | null): void {
    if (this.#ended) return;
    // Its own name: the folder has been moved or removed, and its watcher will tell nothing of what takes its place.
    const own = name === basename(folder);
    if (own) this.#forget(folder);
    if (own || name === null || this.#wanted.get(folder)?.(name) === true) this.#listener.hint();
  }

  #fail(folder: string, error: unknown): void {
    this.#forget(folder);
    const code = systemCode(error);
    if (this.#ended) return;
    this.#listener.lost();
    if (FOLDER_GONE.has(code)) return;
    this.close();
    this.#listener.unavailable(code);
  }

  #forget(folder: string): void {
    this.#watchers.get(folder)?.close();
    this.#watchers.delete(folder);
    this.#silent.delete(folder);
  }
}
