import { systemCode } from '../../core/index.js';
import { joinFolder, type FolderInterest, type FolderMeans, type FolderPlace } from './shared-folder.js';

/** Which names in which folders are worth a look. */
export type HintFolders = ReadonlyMap<string, FolderInterest>;

/** The callbacks of {@link FolderHints}. */
export interface HintListener {
  /** Something may have changed. */
  readonly hint: () => void;
  /** A folder is not watched any more, or cannot be now. */
  readonly lost: () => void;
  /** No more notices follow; called once. */
  readonly unavailable: (code: string) => void;
}

// The folder went away, or may not be watched on Windows while it does: nothing is wrong with watching itself.
const FOLDER_GONE: ReadonlySet<string> = new Set(['ENOENT', 'ENOTDIR', 'EPERM', 'EACCES', 'ELOOP']);

/** Watches folders with the operating system's events, which are quick but neither complete nor exact. */
export class FolderHints {
  readonly #means: FolderMeans;
  readonly #listener: HintListener;
  readonly #places = new Map<string, FolderPlace>();
  readonly #silent = new Set<string>();
  #wanted: HintFolders = new Map();
  #ended = false;

  public constructor(listener: HintListener, means: FolderMeans) {
    this.#listener = listener;
    this.#means = means;
  }

  /** Whether a change in any of the existing folders is sure to be reported. */
  public get dependable(): boolean {
    return !this.#ended && this.#silent.size === 0;
  }

  /** Whether all folders are watched that can be. */
  public get complete(): boolean {
    return this.#ended || this.#places.size === this.#wanted.size;
  }

  /** Watches these folders and no others. Those that are not there are left out. */
  public async watch(folders: HintFolders): Promise<void> {
    if (this.#ended) return;
    this.#wanted = folders;
    for (const [folder, place] of this.#places) {
      const interest = folders.get(folder);
      if (interest === undefined) this.#forget(folder);
      else place.want(interest);
    }
    await this.watchMissing();
  }

  /** Tries again to watch what was not there. */
  public async watchMissing(): Promise<void> {
    for (const [folder, interest] of this.#wanted) {
      if (this.#places.has(folder)) continue;
      this.#begin(folder, interest);
      const place = this.#places.get(folder);
      if (place === undefined || !(await place.dependable)) this.#silent.add(folder);
    }
  }

  /** Ends all watching. */
  public close(): void {
    this.#ended = true;
    for (const folder of this.#places.keys()) this.#forget(folder);
  }

  #begin(folder: string, interest: FolderInterest): void {
    if (this.#ended) return;
    const { hint } = this.#listener;
    const ended = (error?: Error): void => {
      if (error !== undefined) this.#fail(folder, error);
      else {
        this.#forget(folder);
        hint();
      }
    };
    try {
      this.#places.set(folder, joinFolder(folder, this.#means, interest, { hint, ended }));
    } catch (error) {
      this.#fail(folder, error);
    }
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
    this.#places.get(folder)?.leave();
    this.#places.delete(folder);
    this.#silent.delete(folder);
  }
}
