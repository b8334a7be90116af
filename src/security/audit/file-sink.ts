import type { KeyObject } from 'node:crypto';
import { lockFile, syncFolder, type FileLock } from '../files/index.js';
import { AppendFile, type FileTail } from './append-file.js';
import type { AuditCheckpoint } from './audit-checkpoint.js';
import type { AuditEvent } from './audit-event.js';
import { makeFolder, type AuditFiles } from './audit-files.js';
import { eventLine, firstRecord, logIdOf, readRecord } from './audit-record.js';
import type { AuditHead, AuditSink, AuditSinkContext } from './audit-sink.js';
import { EMPTY_LOG } from './chain-event.js';
import { CheckpointFile } from './checkpoint-file.js';
import { damaged, failureText, notWritten } from './audit-errors.js';

export interface FileSinkOptions {
  readonly files: AuditFiles;
  readonly segmentSize: number;
  readonly fsync: 'batch' | 'never' | number;
  readonly key: KeyObject | undefined;
  readonly checkpointEvery: number;
  readonly exportCheckpoint: ((checkpoint: AuditCheckpoint) => void | Promise<void>) | undefined;
}

/** The sink that `auditFile` makes: segments that follow each other, and checkpoints beside them. */
export class FileSink implements AuditSink {
  public readonly name: string;
  readonly #options: FileSinkOptions;
  #context: AuditSinkContext | undefined;
  #head: LogHead = EMPTY_LOG;
  /** Absent until the first event is known. */
  #log: string | undefined;
  #lock: FileLock | undefined;
  #segment: AppendFile | undefined;
  #checkpoints: CheckpointFile | undefined;
  #cancelSync: (() => void) | undefined;

  public constructor(options: FileSinkOptions) {
    this.name = `file ${options.files.folder}`;
    this.#options = options;
  }

  public async open(context: AuditSinkContext): Promise<AuditHead | undefined> {
    const { files, key, checkpointEvery: every, exportCheckpoint } = this.#options;
    this.#context = context;
    try {
      await makeFolder(files.folder);
      // Two processes would each follow the last event with one of their own.
      this.#lock = await lockFile(files.locked, { name: files.name, patience: 0, clock: context.clock });
      const segments = await files.list();
      this.#head = await this.#openLast(segments, context);
      const first = await firstRecord(segments[0]);
      this.#log = first && logIdOf(first);
      if (key !== undefined) {
        const options = { path: files.checkpoints, every, key, exportCheckpoint, context };
        // Where the oldest events have been taken away, only the checkpoints still know the log.
        const isBegun = first?.seq !== 1;
        this.#checkpoints = await CheckpointFile.open(options, this.#head, isBegun ? undefined : this.#log);
        if (isBegun) this.#log = this.#checkpoints.log ?? this.#log;
      }
      await syncFolder(files.folder);
    } catch (error) {
      await this.#letGo();
      throw notWritten(files.folder, error);
    }
    return this.#head;
  }

  public async append(events: readonly AuditEvent[]): Promise<void> {
    let lines: Buffer[] = [];
    let size = 0;
    let last = this.#head;
    await this.#checkPlace();
    for (const event of events) {
      // It is on record since an attempt that failed later on.
      if (event.seq <= this.#head.seq) continue;
      const line = eventLine(event);
      if (this.#mustRotate(size, line.length)) {
        await this.#write(lines, last);
        await this.#rotate(event.seq);
        [lines, size] = [[], 0];
      }
      if (event.seq === 1) this.#log = logIdOf(event);
      lines.push(line);
      size += line.length;
      last = event;
    }
    await this.#write(lines, last);
    await this.#checkpoint();
  }

  public async close(): Promise<void> {
    this.#cancelSync?.();
    await this.#segment?.sync();
    await this.#checkpoint(true);
    await this.#letGo();
  }

  async #letGo(): Promise<void> {
    const [checkpoints, segment, lock] = [this.#checkpoints, this.#segment, this.#lock];
    this.#checkpoints = this.#segment = this.#lock = undefined;
    await checkpoints?.close();
    await segment?.close();
    await lock?.release();
  }

  /** The log may have been moved away, to begin a new file; or be another process's by now. */
  async #checkPlace(): Promise<void> {
    const { folder, name } = this.#options.files;
    if ((await this.#lock?.isHeld()) === false) throw notWritten(name, 'its lock was taken away.');
    if ((await this.#segment?.isMoved()) !== true) return;
    await this.#segment?.sync();
    await this.#segment?.close();
    this.#segment = undefined;
    await makeFolder(folder);
  }

  /** Opens the newest segment and finds the last event. */
  async #openLast(segments: readonly string[], context: AuditSinkContext): Promise<LogHead> {
    const [path, before] = [segments.at(-1), segments.at(-2)];
    if (path === undefined) return EMPTY_LOG;
    const { file, tail } = await AppendFile.open(path);
    this.#segment = file;
    if (tail.torn > 0) {
      context.logger.log({
        level: 'warn',
        event: 'config.audit.torn',
        message: `The audit log ${path} ended with half a line; its ${String(tail.torn)} bytes are in ${path}.torn now.`,
        fields: { path, bytes: tail.torn },
      });
    }
    if (tail.line !== undefined || before === undefined) return headOf(path, tail);
    // It was begun, and its process ended before it wrote a line.
    const previous = await AppendFile.open(before);
    await previous.file.close();
    return headOf(before, previous.tail);
  }

  #mustRotate(waiting: number, length: number): boolean {
    const { files, segmentSize } = this.#options;
    const size = (this.#segment?.size ?? 0) + waiting;
    return files.rotates && size > 0 && size + length > segmentSize;
  }

  async #write(lines: readonly Buffer[], last: LogHead): Promise<void> {
    if (lines.length === 0) return;
    if (this.#segment === undefined) await this.#rotate(this.#head.seq + 1);
    const { fsync } = this.#options;
    await this.#segment?.append(Buffer.concat(lines), fsync === 'batch');
    this.#head = last;
    if (typeof fsync === 'number') this.#syncLater(fsync);
  }

  async #rotate(firstSeq: number): Promise<void> {
    const { files } = this.#options;
    const { file } = await AppendFile.open(files.segment(firstSeq));
    try {
      if (file.size > 0) throw notWritten(file.path, 'it already exists. Give each process its own folder.');
      await syncFolder(files.folder);
      await this.#segment?.sync();
    } catch (error) {
      await file.close();
      throw notWritten(file.path, error);
    }
    await this.#segment?.close();
    this.#segment = file;
  }

  /** What a checkpoint vouches for is on the disk before it. */
  async #checkpoint(force = false): Promise<void> {
    if (this.#checkpoints === undefined || !this.#checkpoints.isDue(this.#head, force)) return;
    if (this.#options.fsync !== 'batch') await this.#segment?.sync();
    const { seq, hash, instance = '' } = this.#head;
    await this.#checkpoints.write({ log: this.#log ?? '', instance, seq, hash });
  }

  #syncLater(milliseconds: number): void {
    this.#cancelSync ??= this.#context?.clock.after(milliseconds, () => {
      this.#cancelSync = undefined;
      this.#segment?.sync().catch((error: unknown) => {
        this.#context?.logger.log({
          level: 'error',
          event: 'config.audit.failed',
          message: `The audit log cannot be forced to the disk: ${failureText(error)}`,
          fields: { sink: this.name },
        });
      });
    });
  }
}

/** The last event, and the process that recorded it. */
type LogHead = AuditHead & { readonly instance?: string };

/** @throws ConfigError `audit-damaged` when the last line is no sound event. */
function headOf(path: string, { line }: FileTail): LogHead {
  if (line === undefined) return EMPTY_LOG;
  const { isSound, seq, hash, instance } = readRecord(line);
  if (isSound && seq !== undefined && hash !== undefined && instance !== undefined) return { seq, hash, instance };
  throw damaged(path, 'its last line is not an event, or an event that has been changed.');
}
