/** How sensitive the secret is that was used. */
export type AuditLevel = 'mask' | 'encrypt' | 'sealed';

/**
 * Whether an access waits until it is on record. `required`: no record, no access. `best-effort`: the access goes on,
 * and what could not be recorded is counted and recorded later.
 */
export type AuditMode = 'required' | 'best-effort';

/** What is to be recorded; never the value of a secret. Texts longer than 1,024 characters are shortened. */
export interface AuditEntry {
  /** What was done: `use`, `read-masked`, `list`, `write`, `rotate`, … */
  readonly action: string;
  /** Whether it was allowed. */
  readonly decision?: 'allow' | 'deny' | undefined;
  /** The setting: canonical dotted path. */
  readonly path?: string | undefined;
  readonly level?: AuditLevel | undefined;
  /** The paths of the secrets that it was built from, by references; the first hundred. */
  readonly origins?: readonly string[] | undefined;
  /** The code that did it: the name of a class. */
  readonly actor?: string | undefined;
  /** On whose behalf: the principal of `runAs`. */
  readonly principal?: string | undefined;
  /** The id of the tenant whose secret it is, or for whom the code ran. */
  readonly tenant?: string | undefined;
  /** The rule that decided. */
  readonly rule?: string | undefined;
  /** The id of the key that opened or closed the secret. */
  readonly kid?: string | undefined;
  /** What tells the request apart in traces; that of the active span when absent, where the load or the log has a tracer. */
  readonly traceId?: string | undefined;
  /** How many, where the event stands for several. */
  readonly count?: number | undefined;
}

/**
 * One entry of the audit log, numbered and chained to the one before it. What is not known is absent. Subpath:
 * `uno-config/audit`.
 *
 * @example
 * ```ts
 * function line(event: AuditEvent): string {
 *   return `${event.seq} ${event.time} ${event.actor ?? '?'} ${event.action} ${event.path ?? ''}: ${event.decision ?? ''}`;
 * }
 * ```
 */
export interface AuditEvent extends AuditEntry {
  /** 1 for the first event of a log, one more for each that follows. */
  readonly seq: number;
  /** When it was recorded: ISO 8601, UTC, milliseconds. */
  readonly time: string;
  /** The process that recorded it. */
  readonly instance: string;
  /** The id of the log, at random; of its first event only. Checkpoints name it. */
  readonly log?: string;
  /** The `hash` of the event before; 64 zeros for the first. */
  readonly prevHash: string;
  /**
   * SHA-256, in lower-case hexadecimal digits, over `prevHash` and the canonical JSON (RFC 8785) of the event without
   * `prevHash` and `hash`.
   */
  readonly hash: string;
}
