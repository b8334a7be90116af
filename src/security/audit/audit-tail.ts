import type { AuditEvent } from './audit-event.js';
import type { AuditFiles } from './audit-files.js';
import { parseEvent } from './audit-record.js';
import { findLog, reading, segmentsOf } from './find-log.js';
import { readLines } from './read-lines.js';

export interface TailLine {
  /** As written in the file. */
  readonly text: string;
  /** Absent when the line is none. */
  readonly event: AuditEvent | undefined;
}

/** Reads the end of a log, and what is added to it. Checks no hash. */
export class AuditTail {
  readonly #path: string;
  readonly #files: AuditFiles;
  /** The segment that was read last, and how far. */
  #segment: string | undefined;
  #offset = 0;

  private constructor(path: string, files: AuditFiles) {
    this.#path = path;
    this.#files = files;
  }

  /** @throws ConfigError `audit-unreadable` when there is nothing at the path. */
  public static async open(path: string): Promise<AuditTail> {
    return new AuditTail(path, (await findLog(path)).files);
  }

  public async last(count: number): Promise<readonly TailLine[]> {
    const segments = await reading(this.#path, () => segmentsOf(this.#path, this.#files));
    let lines: readonly Buffer[] = [];
    for (let at = segments.length - 1; at >= 0 && (this.#segment === undefined || lines.length < count); at--) {
      const segment = segments[at] ?? '';
      const more = await this.#read(segment, 0, count);
      if (this.#segment === undefined) [this.#segment, this.#offset] = [segment, more.offset];
      lines = [...more.lines, ...lines];
    }
    return lines.slice(Math.max(0, lines.length - count)).map(tailLine);
  }

  public async more(): Promise<readonly TailLine[]> {
    const segments = await reading(this.#path, () => segmentsOf(this.#path, this.#files));
    const added: Buffer[] = [];
    for (const segment of segments.slice(Math.max(0, segments.indexOf(this.#segment ?? '')))) {
      const { lines, offset } = await this.#read(segment, segment === this.#segment ? this.#offset : 0);
      added.push(...lines);
      [this.#segment, this.#offset] = [segment, offset];
    }
    return added.map(tailLine);
  }

  /** The whole lines of a segment from a byte on, the last ones, and where they end. */
  #read(
    segment: string,
    from: number,
    count = Infinity,
  ): Promise<{ readonly lines: readonly Buffer[]; readonly offset: number }> {
    return reading(segment, async () => {
      let lines: Buffer[] = [];
      let offset = from;
      for await (const batch of readLines(segment, from)) {
        for (const { bytes, isWhole } of batch) {
          if (!isWhole) continue;
          offset += bytes.length + 1;
          lines.push(bytes);
        }
        if (lines.length > count) lines = lines.slice(lines.length - count);
      }
      return { lines, offset };
    });
  }
}

function tailLine(bytes: Buffer): TailLine {
  return { text: bytes.toString('utf8'), event: parseEvent(bytes) };
}
