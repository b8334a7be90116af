import { ConfigError, type LoadContext, systemCode } from '../core/index.js';

/** A file whose text counts, or a folder whose names count. */
export interface ReadTarget {
  readonly kind: 'file' | 'folder';
  /** As it is named, not where its links lead, because a link may come to lead elsewhere. */
  readonly path: string;
  /** Which of a folder's names count; all of them when absent. */
  readonly matters?: ((name: string) => boolean) | undefined;
}

/** Notes what was found at a target: {@link listingOf} a folder, a file's text, or {@link failureMark}. */
export type NoteRead = (target: ReadTarget, content: string) => void;

/** One target and what the last load found there; nothing before the first load. */
export interface NotedRead {
  readonly target: ReadTarget;
  readonly content?: string;
}

/**
 * What a source's last load read, so that its watcher compares with that: whatever changes between a load and the look
 * that follows it is noticed.
 */
export class ReadRecord {
  readonly #base: readonly ReadTarget[];
  #noted: ReadonlyMap<string, NotedRead> = new Map();
  #version = 0;
  readonly #listeners = new Set<() => void>();

  /** @param base what is watched even if nothing was ever read */
  public constructor(base: readonly ReadTarget[]) {
    this.#base = base;
  }

  /** Differs when {@link reads} may. */
  public get version(): number {
    return this.#version;
  }

  /** Every target, each under a key of its own. */
  public get reads(): ReadonlyMap<string, NotedRead> {
    const base = this.#base.map((target) => [targetKey(target), { target }] as const);
    return new Map<string, NotedRead>([...base, ...this.#noted]);
  }

  /** Calls back whenever {@link version} has changed; the answer ends it. */
  public onLoad(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  }

  /** Loads, and keeps what the load notes; tells, where somebody counts, the bytes of every file. */
  public async during<Result>(
    load: (note: NoteRead) => Promise<Result>,
    bytesRead?: LoadContext['bytesRead'],
  ): Promise<Result> {
    const noted = new Map<string, NotedRead>();
    let before = this.#noted;
    try {
      const result = await load((target, content) => {
        noted.set(targetKey(target), { target, content });
        if (target.kind === 'file' && !isFailureMark(content)) bytesRead?.(Buffer.byteLength(content));
      });
      // A load that succeeds knows all its files; one that fails may not have come to some of them.
      before = new Map();
      return result;
    } finally {
      this.#noted = new Map([...before, ...noted]);
      this.#version++;
      for (const listener of this.#listeners) listener();
    }
  }
}

/** The identity of a target. */
function targetKey({ kind, path }: ReadTarget): string {
  return `${kind}:${path}`;
}

/** The content of a folder. */
export function listingOf(names: readonly string[], matters: ReadTarget['matters'] = () => true): string {
  return names.filter(matters).toSorted().join('\0');
}

/** Stands for the content of what could not be read. A NUL comes first, which no configuration file begins with. */
export function failureMark(error: unknown): string {
  return `\0${ConfigError.is(error) ? error.code : systemCode(error)}`;
}

/** True for what {@link failureMark} made. */
export function isFailureMark(content: string): boolean {
  return content.startsWith('\0');
}

/** Reads, and notes what was found, or why nothing was. */
export async function noteRead<Result>(
  note: NoteRead,
  target: ReadTarget,
  read: () => Promise<Result>,
  contentOf: (result: Result) => string,
): Promise<Result> {
  try {
    const result = await read();
    note(target, contentOf(result));
    return result;
  } catch (error) {
    // An aborted read says nothing about the file.
    if (ConfigError.is(error) || systemCode(error) !== '') note(target, failureMark(error));
    throw error;
  }
}
