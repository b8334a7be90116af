import { dirname } from 'node:path';
import { type Clock, type LoadContext, ConfigError, systemCode, systemClock } from '../../core/index.js';
import {
  fileErrorFromSystem,
  isLocal,
  isNear,
  resolveWithin,
  type PathStatus,
  type ResolvedWithin,
  readTextFile,
  statusOf,
  DEFAULT_SETTLE,
  Stillness,
} from '../read/index.js';

/** A file whose content matters, or a folder whose names matter. */
export interface ReadTarget {
  readonly kind: 'file' | 'folder';
  /** As it is named, not where its links lead, because a link may come to lead elsewhere. */
  readonly path: string;
  /** Which of a folder's names count; all of them when absent. */
  readonly matters?: ((name: string) => boolean) | undefined;
}

/** One target and what the last load found there; nothing before the first load. */
export interface NotedRead {
  readonly target: ReadTarget;
  /** {@link listingOf} a folder, a file's content, or {@link failureMark}. */
  readonly content?: string;
  /** That of the file with this content. */
  readonly inode?: string;
  /** Whether the last good answer had settings from it. */
  readonly hadSettings?: boolean;
}

/** What the loads before this one have left. */
export interface ReadBefore {
  readonly noted: ReadonlyMap<string, NotedRead>;
  /** True when the watcher has seen that what has this status is still. */
  isStill(key: string, status: string): boolean;
}

/** How {@link Reading.file} reads. */
export interface ReadFileOptions {
  /** Where it is read, when that is another place than the one it is named after. */
  readonly from?: string;
  /** The largest size, in bytes; 16 MiB when absent. */
  readonly maxBytes?: number | undefined;
  /** How messages call the file; the path when absent. */
  readonly shown?: string;
  /** Whether it can only be replaced at once with all that belongs to it. */
  readonly whole?: boolean;
  /** A content that is held already: given back where the file has that, so that it is held once. */
  readonly held?: string | undefined;
}

/**
 * One load of a source: reads files and folders, and notes what was found for the watcher and for the load after. What is
 * another than at the load before is taken when it has stopped changing, because a file that is being written must not
 * become the configuration.
 */
export class Reading {
  public readonly signal: AbortSignal;
  readonly #clock: Clock;
  readonly #settle: number;
  readonly #bytesRead: LoadContext['bytesRead'];
  readonly #waitsFor: LoadContext['waitsFor'];
  readonly #before: ReadBefore | undefined;
  readonly #noted = new Map<string, NotedRead>();
  #aborted: Promise<never> | undefined;

  /** @param before absent at the first load, which takes what it finds */
  public constructor(
    context: Pick<LoadContext, 'signal' | 'settle' | 'clock' | 'bytesRead' | 'waitsFor'>,
    before?: ReadBefore,
  ) {
    this.signal = context.signal;
    this.#clock = context.clock ?? systemClock;
    this.#settle = context.settle ?? DEFAULT_SETTLE;
    this.#bytesRead = context.bytesRead;
    this.#waitsFor = context.waitsFor;
    this.#before = before;
  }

  /** True when nothing was read before this load. */
  public get isFirst(): boolean {
    return this.#before === undefined;
  }

  /** What was found so far, each under the {@link targetKey} of its target. */
  public get noted(): ReadonlyMap<string, NotedRead> {
    return this.#noted;
  }

  /**
   * The content of a file.
   *
   * @throws ConfigError as `readTextFile` does.
   */
  public async file(path: string, options: ReadFileOptions = {}): Promise<string> {
    const { from = path, maxBytes, shown = path, whole = false, held } = options;
    const read = async (): Promise<Found<string>> => {
      let inode = '';
      const identify = (found: string): void => void (inode = found);
      const found = await readTextFile(from, { signal: this.signal, maxBytes, shown, identify });
      const text = found === held ? held : found;
      return { result: text, content: text, inode };
    };
    const text = await this.#take({ kind: 'file', path }, from, read, whole);
    this.#bytesRead?.(Buffer.byteLength(text));
    return text;
  }

  /**
   * What is in a folder.
   *
   * @param whole whether its names can only change all at once
   * @throws what `list` throws.
   */
  public async folder<Result>(
    target: ReadTarget,
    list: () => Promise<Result>,
    namesOf: (result: Result) => readonly string[],
    whole = false,
  ): Promise<Result> {
    const read = async (): Promise<Found<Result>> => {
      const result = await list();
      return { result, content: listingOf(namesOf(result), target.matters), inode: '' };
    };
    return this.#take(target, target.path, read, whole);
  }

  /**
   * Follows a path within folders, as `resolveWithin` does. What was there at the load before is missed only when it stays
   * away; what is missing is noted, because it may come.
   */
  public async resolve(roots: readonly string[], path: string): Promise<ResolvedWithin> {
    let found = await resolveWithin(roots, path);
    if (found.kind !== 'missing') return found;
    const target: ReadTarget = { kind: 'file', path };
    const before = this.#before?.noted.get(targetKey(target))?.content;
    if (before !== undefined && !isFailureMark(before)) {
      // Waits until it is back, or has been away for long enough.
      await this.file(path).catch(() => undefined);
      this.signal.throwIfAborted();
      found = await resolveWithin(roots, path);
    }
    // As whoever looks at the file is told.
    const absent = fileErrorFromSystem({ code: 'ENOENT' }, path);
    if (found.kind === 'missing') this.#note({ target, content: failureMark(absent) });
    return found;
  }

  /**
   * Before the first load uses a file that is empty or malformed: waits when it is so young that it may still be written,
   * and returns whether to read it once more.
   */
  public async waitForYoung(path: string): Promise<boolean> {
    if (!this.isFirst) return false;
    const age = this.#clock.now() - (await statusOf(path)).written;
    if (!(age >= 0 && age < this.#settle)) return false;
    await this.#pause(this.#settle - age);
    return true;
  }

  /**
   * Remembers whether a target holds settings, and returns true when it did at the last good answer and no longer does:
   * emptying it on purpose must be explicit.
   */
  public isEmptied(target: ReadTarget, { isVoid, hasSettings }: Holding): boolean {
    const key = targetKey(target);
    const noted = this.#noted.get(key) ?? { target };
    if (isVoid && noted.hadSettings === true) return true;
    this.#noted.set(key, { ...noted, hadSettings: hasSettings });
    return false;
  }

  /** @throws ConfigError `file-empty` for what {@link isEmptied}. */
  public refuseEmptied(target: ReadTarget, holding: Holding, words: EmptiedWords): void {
    if (this.isEmptied(target, holding)) throw emptied(words);
  }

  async #take<Result>(
    target: ReadTarget,
    from: string,
    read: () => Promise<Found<Result>>,
    whole: boolean,
  ): Promise<Result> {
    const seen = !this.isFirst && isNear(from) ? await statusOf(from) : undefined;
    let found = await outcomeOf(read);
    if (this.#isNews(target, found.content)) {
      found = await this.#whenStill(target, from, read, whole, seen && { status: seen, found });
    }
    this.#note({ target, content: found.content, ...('inode' in found && { inode: found.inode }) });
    if ('error' in found) throw found.error;
    return found.result;
  }

  #note(read: NotedRead): void {
    const key = targetKey(read.target);
    const { hadSettings } = this.#before?.noted.get(key) ?? {};
    this.#noted.set(key, { ...read, ...(hadSettings !== undefined && { hadSettings }) });
  }

  /** Whether something came, went or changed; of a folder only whether a name went, because what came is read by itself. */
  #isNews(target: ReadTarget, content: string): boolean {
    if (this.#before === undefined) return false;
    const before = this.#before.noted.get(targetKey(target))?.content;
    const wasThere = before !== undefined && !isFailureMark(before);
    if (isFailureMark(content) || target.kind === 'file')
      return wasThere ? content !== before : !isFailureMark(content);
    const names = new Set(content.split('\0'));
    return wasThere && before !== '' && before.split('\0').some((name) => !names.has(name));
  }

  async #whenStill<Result>(
    target: ReadTarget,
    from: string,
    read: () => Promise<Found<Result>>,
    whole: boolean,
    first: { readonly status: PathStatus; readonly found: Outcome<Result> } | undefined,
  ): Promise<Outcome<Result>> {
    const key = targetKey(target);
    const dated = isNear(from) || (await isLocal(dirname(from)));
    const inode = this.#before?.noted.get(key)?.inode ?? '';
    const stillness = new Stillness(inode, { clock: this.#clock, settle: this.#settle });
    let [status, found] = first === undefined ? [await statusOf(from)] : [first.status, first.found];
    for (;;) {
      const wait = this.#before?.isStill(key, status.text) === true ? 0 : stillness.remaining(status, dated, whole);
      if (wait > 0) {
        this.#waitsFor?.(`${from} to stay unchanged for ${String(this.#settle)} ms`);
        await this.#pause(wait);
      } else {
        found ??= await outcomeOf(read);
        if ((await statusOf(from)).text === status.text) return found;
      }
      found = undefined;
      status = await statusOf(from);
    }
  }

  /** One listener for all that waits: Node takes more than ten on one signal for a leak. */
  async #pause(milliseconds: number): Promise<void> {
    const { signal } = this;
    signal.throwIfAborted();
    if (this.#aborted === undefined) {
      this.#aborted = new Promise<never>((_, reject) => {
        const abort = (): void => {
          reject(signal.reason instanceof Error ? signal.reason : new Error('aborted'));
        };
        signal.addEventListener('abort', abort, { once: true });
      });
      // The waiting caller receives it, if there is one.
      this.#aborted.catch(() => undefined);
    }
    let cancel: () => void = () => undefined;
    const over = new Promise<void>((resolve) => {
      cancel = this.#clock.after(milliseconds, resolve, { keepAlive: true });
    });
    await Promise.race([over, this.#aborted]).finally(cancel);
  }
}

/** What a target holds now. */
export interface Holding {
  /** True when it holds no value at all, not even an empty map. */
  readonly isVoid: boolean;
  readonly hasSettings: boolean;
}

/** Nothing at all. */
export const VOID: Holding = Object.freeze({ isVoid: true, hasSettings: false });

/** How {@link Reading.refuseEmptied} words it. */
export interface EmptiedWords {
  readonly shown: string;
  /** How to mark it as intended. */
  readonly onPurpose: string;
}

function emptied({ shown, onPurpose }: EmptiedWords): ConfigError {
  return new ConfigError({
    code: 'file-empty',
    message: `${shown} holds no settings, but did before: it looks half written.`,
    recovery: `Finish writing it. ${onPurpose}`,
  });
}

interface Found<Result> {
  readonly result: Result;
  readonly content: string;
  readonly inode: string;
}

type Outcome<Result> = Found<Result> | { readonly content: string; readonly error: unknown };

async function outcomeOf<Result>(read: () => Promise<Found<Result>>): Promise<Outcome<Result>> {
  try {
    return await read();
  } catch (error) {
    // An aborted read means nothing for the file.
    if (!ConfigError.is(error) && systemCode(error) === '') throw error;
    return { error, content: failureMark(error) };
  }
}

/** The identity of a target. */
export function targetKey({ kind, path }: ReadTarget): string {
  return `${kind}:${path}`;
}

/** The content of a folder. */
export function listingOf(names: readonly string[], matters: ReadTarget['matters'] = () => true): string {
  return names.filter(matters).toSorted().join('\0');
}

/** Represents the content of an unreadable file. A NUL comes first, which no configuration file begins with. */
export function failureMark(error: unknown): string {
  return `\0${ConfigError.is(error) ? error.code : systemCode(error)}`;
}

/** True for what {@link failureMark} made. */
export function isFailureMark(content: string): boolean {
  return content.startsWith('\0');
}
