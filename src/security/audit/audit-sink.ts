import type { Clock, ConfigLogger } from '../../core/index.js';
import type { AuditEvent } from './audit-event.js';

/** The last event of a log. */
export interface AuditHead {
  readonly seq: number;
  readonly hash: string;
}

/** What a sink is opened with. */
export interface AuditSinkContext {
  readonly logger: ConfigLogger;
  readonly clock: Clock;
}

/**
 * Where audit events go; `auditFile` and `auditLogger` are ready made. A sink is called for one thing at a time.
 * Subpath: `uno-config/audit`.
 *
 * @example
 * ```ts
 * const collector: AuditSink = {
 *   name: 'collector',
 *   append: async (events) => {
 *     const answer = await fetch('https://audit.example.com/events', { method: 'POST', body: JSON.stringify(events) });
 *     if (!answer.ok) throw new Error(`the collector answers ${answer.status}`);
 *   },
 * };
 * ```
 */
export interface AuditSink {
  /** What it is called in errors and in the log. */
  readonly name: string;
  /** Called before anything else, again after it has thrown. Answers the last event that the sink keeps, if it keeps any. */
  open?(context: AuditSinkContext): Promise<AuditHead | undefined>;
  /**
   * Puts events on record, in order; resolves when they are. After it has thrown the same events come again, with those
   * that have joined them meanwhile; what is on record already is told by `seq`.
   */
  append(events: readonly AuditEvent[]): Promise<void>;
  close?(): Promise<void>;
}
