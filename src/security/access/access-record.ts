import type { AccessRight, SecretLevel } from '../../core/index.js';
import type { AccessExplanation } from './access-explanation.js';

/** One decision, as it is put on record. */
export interface AccessRecord {
  readonly action: AccessRight;
  readonly decision: 'allow' | 'deny';
  /** `**` for all secrets at once. */
  readonly path: string;
  readonly level: SecretLevel;
  /** The paths of the secrets that it was built from, by references: each has a record of its own, as its field declares. */
  readonly origins?: readonly string[];
  readonly rule: string;
  /** The class that asks. */
  readonly actor?: string;
  readonly principal?: string;
  /** The id of the tenant whose secret it is, or for whom the code runs. */
  readonly tenant?: string;
  /** The id of the key that the secret is encrypted under, or will be. */
  readonly kid?: string;
  /** What tells the request apart in traces: that of the span in which the secret was asked for. */
  readonly traceId?: string;
}

/** Where decisions are recorded: an `AuditLog`. */
export interface AccessRecorder {
  /**
   * Resolves when the entry is on record; else whoever asked is given what it rejects with, and no secret.
   *
   * @throws ConfigError `audit-failed`.
   */
  record(entry: AccessRecord): Promise<void>;
  /** Records without anybody waiting; `record` is called for that as well when absent. */
  enqueue?(entry: AccessRecord): void;
  /** What is wrong with it now, in a sentence or two, for health reports; absent while it works. */
  readonly problem?: string | undefined;
}

export interface AccessCircumstances {
  readonly level: SecretLevel;
  readonly origins?: readonly string[] | undefined;
  readonly kid?: string | undefined;
  readonly traceId?: string | undefined;
}

export function recordOf(
  { right, decision, path, rule, reader, principal, tenant }: AccessExplanation,
  { level, origins, kid, traceId }: AccessCircumstances,
): AccessRecord {
  return Object.freeze({
    action: right,
    decision,
    path,
    level,
    ...(origins !== undefined && { origins }),
    rule,
    ...(reader !== undefined && { actor: reader }),
    ...(principal !== undefined && { principal }),
    ...(tenant !== undefined && { tenant }),
    ...(kid !== undefined && { kid }),
    ...(traceId !== undefined && { traceId }),
  });
}
