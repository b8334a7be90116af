import type { KeyObject } from 'node:crypto';
import { AppendFile } from './append-file.js';
import { parseCheckpoint, signCheckpoint, type AuditCheckpoint, type LogEnd } from './audit-checkpoint.js';
import type { AuditHead, AuditSinkContext } from './audit-sink.js';
import { damaged, failureText } from './audit-errors.js';

export interface CheckpointFileOptions {
  readonly path: string;
  readonly every: number;
  readonly key: KeyObject;
  readonly exportCheckpoint: ((checkpoint: AuditCheckpoint) => void | Promise<void>) | undefined;
  readonly context: AuditSinkContext;
}

/** The signed checkpoints beside a log. The events are on record already, so what fails here is reported and tried again. */
export class CheckpointFile {
  readonly #options: CheckpointFileOptions;
  readonly #file: AppendFile;
  #last: AuditCheckpoint | undefined;
  #exports: Promise<void> = Promise.resolve();
  #isFailing = false;

  private constructor(options: CheckpointFileOptions, file: AppendFile, last: AuditCheckpoint | undefined) {
    this.#options = options;
    this.#file = file;
    this.#last = last;
  }

  /** The log that the checkpoints before this process were of. */
  public get log(): string | undefined {
    return this.#last?.log;
  }

  /**
   * Opens the checkpoints of a log that ends at `head`.
   *
   * @throws ConfigError `audit-damaged` when the log was longer once, or another one; `audit-not-written`.
   */
  public static async open(
    options: CheckpointFileOptions,
    head: AuditHead,
    log: string | undefined,
  ): Promise<CheckpointFile> {
    const { file, tail } = await AppendFile.open(options.path);
    const last = tail.line === undefined ? undefined : parseCheckpoint(tail.line.toString('utf8'));
    const problem = problemWith(last, tail.line !== undefined, head, log);
    if (problem === undefined) return new CheckpointFile(options, file, last);
    await file.close();
    throw damaged(options.path, problem);
  }

  /** Whether enough events have been written since the last checkpoint; any will do when it is forced. */
  public isDue(head: AuditHead, force: boolean): boolean {
    return head.seq - (this.#last?.seq ?? 0) >= (force ? 1 : this.#options.every);
  }

  public async write(end: LogEnd): Promise<void> {
    const { clock } = this.#options.context;
    try {
      const checkpoint = signCheckpoint(end, clock.now(), this.#options.key);
      await this.#file.append(Buffer.from(`${JSON.stringify(checkpoint)}\n`, 'utf8'), true);
      this.#last = checkpoint;
      this.#isFailing = false;
      this.#export(checkpoint);
    } catch (error) {
      if (!this.#isFailing) this.#report('cannot be written', error);
      this.#isFailing = true;
    }
  }

  public async close(): Promise<void> {
    await this.#exports;
    await this.#file.close();
  }

  #export(checkpoint: AuditCheckpoint): void {
    const { exportCheckpoint } = this.#options;
    if (exportCheckpoint === undefined) return;
    this.#exports = this.#exports.then(async () => {
      try {
        await exportCheckpoint(checkpoint);
      } catch (error) {
        this.#report('cannot be exported', error);
      }
    });
  }

  #report(what: string, error: unknown): void {
    this.#options.context.logger.log({
      level: 'error',
      event: 'config.audit.checkpoint-failed',
      message: `A checkpoint of the audit log ${what}: ${failureText(error)}`,
      fields: { path: this.#options.path },
    });
  }
}

function problemWith(
  last: AuditCheckpoint | undefined,
  hasLine: boolean,
  head: AuditHead,
  log: string | undefined,
): string | undefined {
  if (last === undefined) return hasLine ? 'its last line is not a checkpoint.' : undefined;
  if (log !== undefined && last.log !== log) return 'its last checkpoint is of another log.';
  if (last.seq > head.seq) {
    return `the log ends with event ${String(head.seq)}, and a checkpoint records event ${String(last.seq)}.`;
  }
  if (last.seq < head.seq || last.hash === head.hash) return undefined;
  return `event ${String(head.seq)} is not the one that a checkpoint records.`;
}
