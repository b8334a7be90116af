import {
  activeTraceId,
  ConfigError,
  endsWithin,
  guardLogger,
  mustBe,
  option,
  readOptions,
  silentLogger,
  sortOf,
  systemClock,
  type Clock,
  type ConfigLogger,
  type ConfigTracerPort,
  type OptionKinds,
} from '../../core/index.js';
import type { AuditEntry, AuditMode } from './audit-event.js';
import { AuditLanes } from './audit-lanes.js';
import type { AuditHead, AuditSink } from './audit-sink.js';
import { chainEvent } from './chain-event.js';
import { auditFailed, failureText } from './audit-errors.js';

/** What {@link auditLog} takes. */
export interface AuditLogOptions {
  /** At least one. An event is on record when all of them have it. */
  readonly sinks: readonly AuditSink[];
  /** Told of sinks that fail and of events that are dropped; nobody when absent. */
  readonly logger?: ConfigLogger | undefined;
  readonly clock?: Clock | undefined;
  /**
   * Asked for the trace of events that come without, such as `await openTelemetryTracer()`. Those of a load with the same
   * option have theirs anyway.
   */
  readonly tracer?: ConfigTracerPort | undefined;
  /** What this process is called in the events; its host and process id when absent. */
  readonly instance?: string | undefined;
  /** How many events may wait for a sink; a whole number from 1 on, 10,000 when absent. */
  readonly capacity?: number | undefined;
  /** How long a caller waits for the sinks, in milliseconds; 5,000 when absent. */
  readonly timeout?: number | undefined;
}

const OPTIONS = {
  sinks: option.required(option.listOf(option.kind('a sink, with a name and append(events)', isSink))),
  logger: option.logger,
  clock: option.clock,
  tracer: option.having('a tracer with span()', 'span'),
  instance: option.text,
  capacity: option.or(option.count(), 10_000),
  timeout: option.or(option.milliseconds, 5_000),
} satisfies OptionKinds<AuditLogOptions>;

const RETRY_AFTER_MS = 1000;

/** An entry that has no number yet. */
interface Arrival {
  readonly entry: AuditEntry;
  readonly time: number;
  /** For a caller who waits. */
  readonly waiting?: {
    numbered(written: () => Promise<void>): void;
    refused(error: ConfigError): void;
  };
}

/**
 * Numbers what happens to secrets, chains each event to the one before, and hands it to every sink, in the order of the
 * calls. Opens the sinks with the first event; goes on from the last one that they keep. Subpath: `uno-config/audit`.
 *
 * @throws TypeError naming the option that cannot be used.
 *
 * @example
 * ```ts
 * const audit = auditLog({ sinks: [auditFile({ folder: '/var/log/orders/audit' })] });
 * await audit.record({ action: 'use', decision: 'allow', path: 'payment.key', level: 'sealed', actor: 'PaymentClient' });
 * await audit.close();
 * ```
 */
export function auditLog(options: AuditLogOptions): AuditLog {
  return new AuditLog(options);
}

/** Where uses of secrets are recorded, made with {@link auditLog}. Subpath: `uno-config/audit`. */
export class AuditLog {
  readonly #lanes: AuditLanes;
  readonly #logger: ConfigLogger;
  readonly #clock: Clock;
  readonly #tracer: ConfigTracerPort | undefined;
  readonly #capacity: number;
  readonly #timeout: number;
  #instance: string | undefined;
  /** Absent until all sinks are open. */
  #head: AuditHead | undefined;
  #opening: Promise<void> | undefined;
  #arrivals: Arrival[] = [];
  #dropped = 0;
  #closing: Promise<void> | undefined;
  #cancelRetry: (() => void) | undefined;

  /** @throws TypeError naming the option that cannot be used. */
  public constructor(options: AuditLogOptions) {
    const read = readOptions('auditLog', options, OPTIONS);
    const { sinks, logger = silentLogger, clock = systemClock, capacity, timeout } = read;
    if (sinks.length === 0)
      throw mustBe('auditLog: sinks', 'at least one, such as auditFile({ folder: "audit" })', sortOf(sinks));
    this.#logger = guardLogger(logger);
    this.#clock = clock;
    this.#tracer = read.tracer;
    this.#instance = read.instance;
    this.#capacity = capacity;
    this.#timeout = timeout;
    this.#lanes = new AuditLanes(sinks, {
      logger: this.#logger,
      clock,
      capacity,
      onWritten: () => {
        this.#admit();
      },
      onFailed: (error) => {
        this.#refuse(error);
      },
    });
  }

  /**
   * Records what happens. In mode `required`, the default, it resolves when every sink has it on record. In mode
   * `best-effort` it resolves as soon as the event may wait for the sinks, and never rejects: when none can take it in
   * time it is dropped, and how many were is an event of its own, `audit.dropped`. After one caller has waited in vain,
   * nobody else does: until the sink answers, `required` is refused at once, and the event is not recorded.
   *
   * @throws ConfigError `audit-failed` in mode `required`, when a sink fails or does not answer in time.
   */
  public record(entry: AuditEntry, mode: AuditMode = 'required'): Promise<void> {
    if (this.#closing !== undefined) {
      if (mode === 'required') return Promise.reject(auditFailed('the audit log is closed.'));
      this.#drop();
      return Promise.resolve();
    }
    if (mode === 'best-effort' && this.#hasRoom()) {
      this.#arrive(this.#arrivalOf(entry));
      return Promise.resolve();
    }
    if (!this.#lanes.isHanging) return this.#arriveAndWait(this.#arrivalOf(entry), mode);
    if (mode === 'required') return Promise.reject(auditFailed(this.problem ?? ''));
    this.#drop();
    return Promise.resolve();
  }

  /** What is wrong with the sinks now, for health reports; `undefined` while all of them work. */
  public get problem(): string | undefined {
    const { problems } = this.#lanes;
    return problems.length === 0 ? undefined : problems.join(' ');
  }

  /** Records what happens, best effort, without waiting for anything: for callers that cannot. Never throws. */
  public enqueue(entry: AuditEntry): void {
    if (this.#closing === undefined && this.#hasRoom()) this.#arrive(this.#arrivalOf(entry));
    else this.#drop();
  }

  /** Takes no more events, hands over those that wait, and closes the sinks. Waits no longer than `timeout` for each. */
  public close(): Promise<void> {
    this.#closing ??= this.#end();
    return this.#closing;
  }

  #hasRoom(): boolean {
    return this.#arrivals.length < this.#capacity && (this.#head === undefined || this.#lanes.hasRoom());
  }

  /** Made while the caller's own span is active: what waits is handed on by somebody else. */
  #arrivalOf(entry: AuditEntry): Arrival {
    const traceId = entry.traceId ?? activeTraceId(this.#tracer);
    return { entry: traceId === undefined ? entry : { ...entry, traceId }, time: this.#clock.now() };
  }

  #arriveAndWait(arriving: Arrival, mode: AuditMode): Promise<void> {
    return new Promise((resolve, reject) => {
      const refused = (error: ConfigError): void => {
        cancel();
        // It may have been on its way already; then it is none that waits.
        this.#arrivals = this.#arrivals.filter((other) => other !== arrival);
        if (mode === 'required') {
          reject(error);
        } else {
          this.#drop();
          resolve();
        }
      };
      // The process stays for the answer: a sink that keeps nothing alive would let it end in the middle of the wait.
      const giveUp = (): void => {
        this.#lanes.waitedInVain(this.#timeout);
        refused(auditFailed(`no answer within ${String(this.#timeout)} ms.`));
      };
      const cancel = this.#clock.after(this.#timeout, giveUp, { keepAlive: true });
      const numbered = (written: () => Promise<void>): void => {
        if (mode === 'required') {
          written().then(resolve, reject).finally(cancel);
        } else {
          cancel();
          resolve();
        }
      };
      const arrival: Arrival = { ...arriving, waiting: { numbered, refused } };
      this.#arrive(arrival);
    });
  }

  #arrive(arrival: Arrival): void {
    this.#arrivals.push(arrival);
    if (this.#head !== undefined) this.#admit();
    else if (arrival.waiting !== undefined || this.#cancelRetry === undefined) void this.#open();
    // Who waits for room asks the sinks at once, failing or not.
    if (this.#arrivals.length > 0 && arrival.waiting !== undefined) void this.#lanes.run();
  }

  /** Opens the sinks; again with the next caller who waits, or after a while. */
  #open(): Promise<void> {
    this.#opening ??= this.#openSinks();
    return this.#opening;
  }

  async #openSinks(): Promise<void> {
    this.#cancelRetry?.();
    try {
      this.#head = await this.#lanes.open();
    } catch (error) {
      this.#opening = undefined;
      this.#cancelRetry = this.#clock.after(RETRY_AFTER_MS, () => void this.#open());
      this.#refuse(ConfigError.is(error) ? error : auditFailed(failureText(error), error));
      return;
    }
    this.#admit();
  }

  /** Numbers those that wait, while there is room. */
  #admit(): void {
    while (this.#head !== undefined && this.#lanes.hasRoom()) {
      if (this.#dropped > 0) this.#recordDropped();
      const arrival = this.#arrivals.shift();
      if (arrival === undefined) return;
      const seq = this.#append(this.#head, arrival.entry, arrival.time);
      arrival.waiting?.numbered(() => this.#lanes.written(seq));
    }
  }

  #recordDropped(): void {
    const count = this.#dropped;
    this.#dropped = 0;
    if (this.#head !== undefined) this.#append(this.#head, { action: 'audit.dropped', count }, this.#clock.now());
  }

  #append(head: AuditHead, entry: AuditEntry, time: number): number {
    this.#instance ??= `${process.getBuiltinModule('node:os').hostname()}:${String(process.pid)}`;
    const event = chainEvent(head, entry, time, this.#instance, head.seq === 0 ? newLogId() : undefined);
    this.#head = event;
    this.#lanes.push(event);
    return event.seq;
  }

  /** A sink fails. Those who wait for room are told; what nobody waits for may stay. */
  #refuse(error: ConfigError): void {
    for (const { waiting } of [...this.#arrivals]) waiting?.refused(error);
  }

  #drop(): void {
    this.#dropped++;
    if (this.#dropped > 1) return;
    this.#logger.log({
      level: 'error',
      event: 'config.audit.dropped',
      message: 'Audit events are dropped: the sinks take no more. How many is recorded as soon as they do.',
      fields: { capacity: this.#capacity },
    });
  }

  async #end(): Promise<void> {
    if (this.#arrivals.length > 0 && this.#head === undefined)
      await endsWithin(this.#clock, this.#timeout, this.#open());
    this.#cancelRetry?.();
    this.#admit();
    await endsWithin(this.#clock, this.#timeout, this.#lanes.run());
    this.#refuse(auditFailed('the audit log is closed.'));
    const lost = this.#dropped + this.#arrivals.length + this.#lanes.owed();
    if (lost > 0) {
      this.#logger.log({
        level: 'error',
        event: 'config.audit.lost',
        message: `The audit log is closed and ${String(lost)} events could not be recorded.`,
        fields: { lost },
      });
    }
    await endsWithin(this.#clock, this.#timeout, this.#lanes.close());
  }
}

function newLogId(): string {
  return process.getBuiltinModule('node:crypto').randomBytes(16).toString('base64url');
}

function isSink(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return typeof Reflect.get(value, 'name') === 'string' && typeof Reflect.get(value, 'append') === 'function';
}
