import { readdir } from 'node:fs/promises';
import type { Clock } from '../../core/index.js';
import { isLocal, readTextFile, glanceAt, statusOf, type PathStatus, Stillness } from '../read/index.js';
import type { NotedRead, ReadTarget } from './reading.js';
import { failureMark, listingOf } from './reading.js';
import { isMountPoint } from './watch-file-system.js';

/** How {@link WatchedPath} reads. */
export interface WatchPathOptions {
  readonly signal: AbortSignal;
  readonly clock: Clock;
  /** Milliseconds for which what was written in place must be still. */
  readonly settle: number;
  readonly maxBytes?: number | undefined;
}

/** What a look at a path has shown. */
export interface Look {
  /** Its content is another one than at the last load or call, and has stopped changing. */
  readonly changed: boolean;
  /** The operating system knows it otherwise than before. */
  readonly moved: boolean;
  readonly status: string;
}

/**
 * Looks at one file or folder again and again: at what the operating system knows of it first, which is cheap, and at its
 * content when that differs.
 */
export class WatchedPath {
  readonly #target: ReadTarget;
  readonly #options: WatchPathOptions;
  readonly #stillness: Stillness;
  #status: PathStatus | undefined;
  #statusSince = 0;
  #trusted = false;
  #local = false;
  #notifies = false;
  #content = '';
  #known: string | undefined;
  #noted: string | undefined;
  #due: number | undefined;

  public constructor(target: ReadTarget, options: WatchPathOptions) {
    this.#target = target;
    this.#options = options;
    this.#stillness = new Stillness('', options);
  }

  public get target(): ReadTarget {
    return this.#target;
  }

  /** When a change that has been seen may have come to its end, by the monotonic clock. */
  public get due(): number | undefined {
    return this.#due;
  }

  /** Whether there is something to read whose status is not too young to be trusted. */
  public get quiet(): boolean {
    return this.#trusted && this.#status?.inode !== '';
  }

  /**
   * Whether a glance shows that nothing has happened: on a file system of this machine, where to ask takes microseconds,
   * and another thread would only make it dearer. Elsewhere an answer may be long in coming, so no.
   */
  public get idle(): boolean {
    return this.quiet && this.#local && glanceAt(this.#target.path) === this.#status?.text;
  }

  /**
   * Whether the operating system tells of every change: not of one to a file that has another name elsewhere, or that is
   * mounted by itself.
   */
  public get notifies(): boolean {
    return this.#notifies;
  }

  /** Takes over what a load has read here, unless the load before read the same. */
  public learn({ content }: NotedRead): void {
    if (content === undefined || content === this.#noted) return;
    this.#noted = content;
    this.#known = digestOf(content);
  }

  /**
   * Checks whether the content differs from that of the last look or load.
   *
   * @param thorough reads it even when the status is the same
   */
  public async look(thorough: boolean): Promise<Look> {
    const { clock } = this.#options;
    const started = clock.monotonic();
    const status = await statusOf(this.#target.path);
    const moved = status.text !== this.#status?.text;
    if (moved || thorough || !this.#trusted) {
      this.#content = digestOf(await contentOf(this.#target, this.#options));
      const now = clock.monotonic();
      if (moved) this.#statusSince = now;
      // A second write in the same tick of the file system's clock does not show in the status, so it is trusted only
      // after a read that began when that tick had surely passed.
      this.#trusted = !moved && started - this.#statusSince >= TICK_MILLISECONDS;
      this.#status = status;
      if (moved) await this.#learnPlace(status);
    }
    // Asked at every look: it follows what replaces what.
    const remaining = this.#stillness.remaining(status, this.#local);
    const differs = this.#known !== undefined && this.#content !== this.#known;
    this.#due = differs && remaining > 0 ? clock.monotonic() + remaining : undefined;
    const changed = differs && remaining === 0;
    if (changed || this.#known === undefined) this.#known = this.#content;
    return { changed, moved, status: status.text };
  }

  async #learnPlace({ links }: PathStatus): Promise<void> {
    const { kind, path } = this.#target;
    this.#local = await isLocal(path);
    this.#notifies = this.#local && (kind === 'folder' || (links < 2 && !(await isMountPoint(path))));
  }
}

/** More than a tick of any clock that file systems use: 4 or 10 ms on Linux, 16 on Windows. */
const TICK_MILLISECONDS = 50;

async function contentOf(target: ReadTarget, options: WatchPathOptions): Promise<string> {
  const { kind, path, matters } = target;
  try {
    return kind === 'file' ? await readTextFile(path, options) : listingOf(await readdir(path), matters);
  } catch (error) {
    return failureMark(error);
  }
}

function digestOf(content: string): string {
  // Taken when it is needed: loading the cryptography costs every program a few milliseconds at its start.
  return process.getBuiltinModule('node:crypto').createHash('sha256').update(content).digest('base64');
}
