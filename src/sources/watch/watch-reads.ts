import { watch } from 'node:fs';
import { type LogRecord, type WatchContext, guardLogger } from '../../core/index.js';
import type { ReadRecord } from './read-record.js';
import type { OpenWatcher } from './shared-folder.js';
import { joinPoll, type PollPlace } from './shared-poll.js';
import { hintFolders } from './watch-folders.js';
import { FolderHints } from './watch-hints.js';
import { DEFAULT_SETTLE } from '../read/index.js';
import { WatchedPath } from './watch-path.js';

/** What {@link watchReads} needs besides the record. */
export interface WatchReadsOptions {
  /** The source, as logs call it. */
  readonly name: string;
  /** The largest size of a file, in bytes, as the source reads it. */
  readonly maxBytes?: number | undefined;
  /** `watch` of `node:fs` when absent. */
  readonly open?: OpenWatcher;
}

/**
 * Watches what a source's last load read until the context's signal ends it; resolves when it has begun to. Every
 * `pollInterval` it looks at the files and folders themselves; the operating system's hints make it look sooner.
 */
export async function watchReads(context: WatchContext, record: ReadRecord, options: WatchReadsOptions): Promise<void> {
  if (context.signal.aborted) return;
  await new ReadsWatcher(context, record, options).begin();
}

/**
 * Where the operating system tells of every change, a quiet path is looked at every 10 s: a hundred idle files must cost
 * next to nothing. Everywhere else every path is looked at in every poll.
 */
const QUIET_MILLISECONDS = 10_000;
/** Every 2 minutes a path is read although nothing seems to have happened. */
const THOROUGH_MILLISECONDS = 120_000;

let started = 0;

class ReadsWatcher {
  readonly #context: WatchContext;
  readonly #record: ReadRecord;
  readonly #options: WatchReadsOptions;
  readonly #hints: FolderHints;
  readonly #paths = new Map<string, WatchedPath>();
  #seenVersion = -1;
  /** Not from 0 for each: what all do in every so many polls, they do in turn. */
  #poll = started++;
  #polling = false;
  #looking = false;
  #lookAgain = false;
  #place: PollPlace | undefined;
  #forgetRecord: () => void = () => undefined;
  #forgetDue: () => void = () => undefined;

  public constructor(context: WatchContext, record: ReadRecord, options: WatchReadsOptions) {
    this.#context = context;
    this.#record = record;
    this.#options = options;
    const listener = {
      hint: (): void => void this.#look(() => true),
      lost: (): void => this.#place?.wake(),
      unavailable: (code: string): void => {
        this.#place?.wake();
        this.#warn(code);
      },
    };
    const { clock, pollInterval } = context;
    this.#hints = new FolderHints(listener, { open: options.open ?? watch, clock, pollInterval });
  }

  public async begin(): Promise<void> {
    const { signal, clock, pollInterval } = this.#context;
    signal.addEventListener('abort', this.#end, { once: true });
    await this.#look(() => true);
    if (signal.aborted) return;
    this.#place = joinPoll(clock, pollInterval, () => this.#tick());
    this.#forgetRecord = this.#record.onLoad(() => this.#place?.wake());
  }

  readonly #end = (): void => {
    this.#place?.leave();
    this.#forgetRecord();
    this.#forgetDue();
    this.#hints.close();
    this.#paths.clear();
  };

  /** Returns how many polls may be skipped, unless something wakes it. */
  #tick(): number {
    this.#poll++;
    // On a slow file system polls must not pile up.
    if (this.#polling) return 0;
    const unreliable = this.#record.version !== this.#seenVersion || !this.#hints.dependable;
    const thorough = this.#poll % this.#polls(THOROUGH_MILLISECONDS) === 0;
    const glance = this.#poll % this.#polls(QUIET_MILLISECONDS) === 0;
    const due = (path: WatchedPath): boolean =>
      unreliable || thorough || !path.quiet || ((glance || !path.notifies) && !path.idle);
    // Almost every poll of an idle watcher ends here, before it costs anything.
    if (this.#hints.complete && !some(this.#paths.values(), due)) return this.#rest();
    this.#polling = true;
    void this.#look(due, thorough).finally(() => {
      this.#polling = false;
    });
    return 0;
  }

  /** Up to the poll before the next glance. */
  #rest(): number {
    if (some(this.#paths.values(), ({ notifies }) => !notifies)) return 0;
    const quiet = this.#polls(QUIET_MILLISECONDS);
    const polls = quiet - 1 - (this.#poll % quiet);
    this.#poll += polls;
    return polls;
  }

  #polls(milliseconds: number): number {
    return Math.max(1, Math.round(milliseconds / this.#context.pollInterval));
  }

  // One look at a time; a hint that arrives meanwhile makes one more, however many arrive.
  async #look(due: (path: WatchedPath) => boolean, thorough = false): Promise<void> {
    if (this.#looking) {
      this.#lookAgain = true;
      return;
    }
    this.#looking = true;
    this.#place?.wake();
    try {
      await this.#lookOnce(due, thorough);
      while (this.#lookAgain && !this.#context.signal.aborted) {
        this.#lookAgain = false;
        await this.#lookOnce(() => true, false);
      }
    } finally {
      this.#looking = false;
    }
  }

  async #lookOnce(due: (path: WatchedPath) => boolean, thorough: boolean): Promise<void> {
    const fresh = this.#learn();
    const paths = [...this.#paths.values()];
    const looks = await Promise.all(
      paths.filter(due).map(async (path) => ({ ...(await path.look(thorough)), target: path.target })),
    );
    if (this.#context.signal.aborted) return;
    const changed = looks.filter((look) => look.changed);
    for (const { target, status } of changed) this.#record.isStill(target, status);
    if (changed.length > 0) this.#tell();
    this.#lookWhenDue();
    if (fresh || looks.some(({ moved }) => moved)) await this.#watchFolders();
    else await this.#hints.watchMissing();
  }

  /** Looks again when the first of the changes that have been seen may have come to its end. */
  #lookWhenDue(): void {
    this.#forgetDue();
    const dues = [...this.#paths.values()].flatMap(({ due }) => due ?? []);
    if (dues.length === 0) return;
    const { clock } = this.#context;
    const isDue = ({ due }: WatchedPath): boolean => due !== undefined && due <= clock.monotonic();
    const wait = Math.max(0, Math.min(...dues) - clock.monotonic());
    this.#forgetDue = clock.after(wait, () => void this.#look(isDue));
  }

  /** Takes over what was loaded since the last look. */
  #learn(): boolean {
    if (this.#record.version === this.#seenVersion) return false;
    this.#seenVersion = this.#record.version;
    const { reads } = this.#record;
    const { signal, clock, settle = DEFAULT_SETTLE } = this.#context;
    const { maxBytes } = this.#options;
    let fresh = false;
    for (const [key, read] of reads) {
      const path = this.#paths.get(key) ?? new WatchedPath(read.target, { signal, clock, settle, maxBytes });
      fresh ||= !this.#paths.has(key);
      this.#paths.set(key, path);
      path.learn(read);
    }
    for (const key of this.#paths.keys()) if (!reads.has(key)) fresh = this.#paths.delete(key);
    return fresh;
  }

  #tell(): void {
    const { name } = this.#options;
    const fields = { source: name };
    this.#log({ level: 'debug', event: 'config.watch.changed', message: `${name} has changed.`, fields });
    this.#context.changed();
  }

  #warn(code: string): void {
    const { name } = this.#options;
    const { pollInterval } = this.#context;
    const interval = `${String(pollInterval)} ms`;
    const message = `${name} is watched by polling every ${interval} only: the operating system answers ${code}.`;
    this.#log({ level: 'warn', event: 'config.watch.polling', message, fields: { source: name, code, pollInterval } });
  }

  #log(record: LogRecord): void {
    guardLogger(this.#context.logger).log(record);
  }

  async #watchFolders(): Promise<void> {
    const folders = await hintFolders([...this.#paths.values()].map(({ target }) => target));
    await this.#hints.watch(folders);
  }
}

function some<Item>(items: Iterable<Item>, test: (item: Item) => boolean): boolean {
  for (const item of items) if (test(item)) return true;
  return false;
}
