import type { BigIntStats } from 'node:fs';
import { statSync } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { systemCode } from '../core/index.js';
import type { Clock } from '../core/index.js';
import { readTextFile } from './file-text.js';
import type { NotedRead, ReadTarget } from './read-record.js';
import { failureMark, listingOf } from './read-record.js';
import { tellsAllChanges } from './watch-file-system.js';

/** How {@link WatchedPath} reads. */
export interface WatchPathOptions {
  readonly signal: AbortSignal;
  readonly clock: Clock;
  readonly maxBytes?: number | undefined;
}

/**
 * Looks at one file or folder again and again: at what the operating system knows of it first, which is cheap, and at its
 * content when that differs.
 */
export class WatchedPath {
  readonly #target: ReadTarget;
  readonly #options: WatchPathOptions;
  #status = '';
  #statusSince = 0;
  #settled = false;
  #local = false;
  #content = '';
  #known: string | undefined;
  #noted: string | undefined;

  public constructor(target: ReadTarget, options: WatchPathOptions) {
    this.#target = target;
    this.#options = options;
  }

  public get target(): ReadTarget {
    return this.#target;
  }

  /** Whether there is something to read whose status is not too young to be trusted. */
  public get quiet(): boolean {
    return this.#settled && !this.#status.startsWith(FAILED);
  }

  /**
   * Whether a glance shows that nothing has happened: on a file system of this machine, where to ask takes microseconds,
   * and another thread would only make it dearer. Elsewhere an answer may be long in coming, so no.
   */
  public get idle(): boolean {
    return this.quiet && this.#local && glanceAt(this.#target.path) === this.#status;
  }

  /** Takes over what a load has read here, unless the load before read the same. */
  public learn({ content }: NotedRead): void {
    if (content === undefined || content === this.#noted) return;
    this.#noted = content;
    this.#known = digestOf(content);
  }

  /**
   * Says whether the content is another one than at the last look or load.
   *
   * @param thorough reads it even when the status is the same
   */
  public async look(thorough: boolean): Promise<{ readonly changed: boolean; readonly moved: boolean }> {
    const started = this.#options.clock.monotonic();
    const status = await statusOf(this.#target.path);
    const moved = status !== this.#status;
    if (moved || thorough || !this.#settled) {
      this.#content = digestOf(await contentOf(this.#target, this.#options));
      const now = this.#options.clock.monotonic();
      if (moved) this.#statusSince = now;
      // A second write in the same tick of the file system's clock does not show in the status, so it is trusted only
      // after a read that began when that tick had surely passed.
      this.#settled = !moved && started - this.#statusSince >= SETTLE_MILLISECONDS;
      this.#status = status;
      if (moved) this.#local = await tellsAllChanges(this.#target.path);
    }
    const changed = this.#known !== undefined && this.#content !== this.#known;
    this.#known = this.#content;
    return { changed, moved };
  }
}

const FAILED = '!';

/** More than a tick of any clock that file systems use: 4 or 10 ms on Linux, 16 on Windows. */
const SETTLE_MILLISECONDS = 50;

async function statusOf(path: string): Promise<string> {
  try {
    return textOf(await stat(path, { bigint: true }));
  } catch (error) {
    return `${FAILED}${systemCode(error)}`;
  }
}

function glanceAt(path: string): string | undefined {
  try {
    return textOf(statSync(path, { bigint: true }));
  } catch {
    // The look that follows finds out what is the matter.
    return undefined;
  }
}

function textOf({ dev, ino, size, mtimeNs, ctimeNs }: BigIntStats): string {
  return [dev, ino, size, mtimeNs, ctimeNs].join(':');
}

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
