import type { AuditEvent, AuditHead, AuditSink } from '../../../src/security/index.js';

/** A sink that keeps its events in memory and does what a test tells it to. */
export class MemorySink implements AuditSink {
  readonly name: string;
  readonly events: AuditEvent[] = [];
  /** How many events came with each call that was answered. */
  readonly batches: number[] = [];
  opened = 0;
  closed = 0;
  /** Thrown by every call until it is taken away. */
  error: Error | undefined;
  /** Awaited by every call. */
  gate: Promise<void> = Promise.resolve();
  readonly #head: AuditHead | undefined;

  constructor(name = 'memory', head?: AuditHead) {
    this.name = name;
    this.#head = head;
  }

  async open(): Promise<AuditHead | undefined> {
    this.opened++;
    await this.gate;
    if (this.error !== undefined) throw this.error;
    return this.#head;
  }

  async append(events: readonly AuditEvent[]): Promise<void> {
    await this.gate;
    if (this.error !== undefined) throw this.error;
    this.batches.push(events.length);
    this.events.push(...events);
  }

  close(): Promise<void> {
    this.closed++;
    return Promise.resolve();
  }

  /** Holds every call until the answer is called. */
  hold(): () => void {
    let release = (): void => undefined;
    this.gate = new Promise((resolve) => {
      release = resolve;
    });
    return release;
  }
}

/** Logs what it is told as `level event`. */
export function listLogger(): { readonly lines: string[]; log(record: { level: string; event: string }): void } {
  const lines: string[] = [];
  return { lines, log: ({ level, event }) => void lines.push(`${level} ${event}`) };
}
