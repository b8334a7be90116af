import type { Clock, ConfigError, ConfigLogger } from '../../core/index.js';
import type { AuditEvent } from './audit-event.js';
import { AuditLane } from './audit-lane.js';
import type { AuditHead, AuditSink } from './audit-sink.js';
import { EMPTY_LOG } from './chain-event.js';

interface LanesOptions {
  readonly logger: ConfigLogger;
  readonly clock: Clock;
  /** How many events a sink may owe. */
  readonly capacity: number;
  readonly onWritten: () => void;
  readonly onFailed: (error: ConfigError) => void;
}

/** All sinks of a log, each with what it still owes: they do not wait for each other. */
export class AuditLanes {
  readonly #lanes: readonly AuditLane[];
  readonly #capacity: number;

  public constructor(sinks: readonly AuditSink[], { capacity, ...options }: LanesOptions) {
    this.#lanes = sinks.map((sink) => new AuditLane({ sink, ...options }));
    this.#capacity = capacity;
  }

  /** The last event that any sink keeps, when all of them are open. */
  public async open(): Promise<AuditHead> {
    const heads = await Promise.all(this.#lanes.map((lane) => lane.open()));
    return heads.reduce<AuditHead>(
      (last, head) => (head !== undefined && head.seq > last.seq ? head : last),
      EMPTY_LOG,
    );
  }

  public hasRoom(): boolean {
    return this.#lanes.every((lane) => lane.size < this.#capacity);
  }

  public owed(): number {
    return Math.max(...this.#lanes.map((lane) => lane.size));
  }

  public push(event: AuditEvent): void {
    for (const lane of this.#lanes) lane.push(event);
  }

  public get problems(): readonly string[] {
    return this.#lanes.flatMap(({ problem }) => problem ?? []);
  }

  /** True while a sink does not answer, so that nobody need wait for it. */
  public get isHanging(): boolean {
    return this.#lanes.some(({ isHanging }) => isHanging);
  }

  /** Somebody has waited for so many milliseconds in vain. */
  public waitedInVain(patience: number): void {
    for (const lane of this.#lanes) lane.waitedInVain(patience);
  }

  /** Resolves when every sink has the event on record. */
  public async written(seq: number): Promise<void> {
    await Promise.all(this.#lanes.map((lane) => lane.written(seq)));
  }

  /** Resolves when every sink owes nothing or has failed. */
  public async run(): Promise<void> {
    await Promise.all(this.#lanes.map((lane) => lane.run()));
  }

  public async close(): Promise<void> {
    await Promise.all(this.#lanes.map((lane) => lane.close()));
  }
}
