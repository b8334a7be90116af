import { guardLogger, silentLogger, type ConfigLogger, type SecretGate, type SecretUse } from '../../core/index.js';
import type { AccessExplanation } from './access-explanation.js';
import { accessPolicy, type AccessPolicy } from './access-policy.js';
import { auditMissing, auditNeedsAsync, denied } from './gate-errors.js';
import { currentPrincipal } from './principal.js';

/** One decision, as it is put on record. */
export interface AccessRecord {
  readonly action: 'use';
  readonly decision: 'allow' | 'deny';
  readonly path: string;
  readonly level: SecretUse['level'];
  readonly rule: string;
  /** The class that asks. */
  readonly actor?: string;
  readonly principal?: string;
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
}

/** What {@link createSecretGate} takes. */
export interface SecretGateOptions {
  /** Without rules by default: only what `@Secure` says counts. */
  readonly policy?: AccessPolicy | undefined;
  /** None by default: then nobody may use secrets whose audit is `required`. */
  readonly audit?: AccessRecorder | undefined;
  /** Is told of records that failed, where the use goes on without. Silent by default. */
  readonly logger?: ConfigLogger | undefined;
}

/**
 * The gate that every secret asks before it opens: the access policy decides, and the decision is recorded. What is
 * denied is recorded too, whatever the field says of its audit, and nobody waits for that.
 */
export function createSecretGate(options: SecretGateOptions = {}): SecretGate {
  return Object.freeze(new PolicyGate(options));
}

class PolicyGate implements SecretGate {
  readonly #policy: AccessPolicy;
  readonly #audit: AccessRecorder | undefined;
  readonly #logger: ConfigLogger;

  public constructor({ policy = accessPolicy([]), audit, logger = silentLogger }: SecretGateOptions) {
    this.#policy = policy;
    this.#audit = audit;
    this.#logger = guardLogger(logger);
  }

  public admit(use: SecretUse): void {
    const record = this.#decide(use);
    if (record === undefined) return;
    if (use.audit === 'required') throw this.#audit === undefined ? auditMissing(use.path) : auditNeedsAsync(use.path);
    this.#recordIfPossible(record);
  }

  public async admitAsync(use: SecretUse): Promise<void> {
    const record = this.#decide(use);
    if (record === undefined) return;
    if (use.audit !== 'required') {
      this.#recordIfPossible(record);
      return;
    }
    if (this.#audit === undefined) throw auditMissing(use.path);
    await this.#audit.record(record);
  }

  /** What is to be recorded of a use that is allowed, if anything. One that is not is recorded and refused here. */
  #decide(use: SecretUse): AccessRecord | undefined {
    const subject = { reader: use.reader, principal: currentPrincipal() };
    // Most uses are allowed and nobody wants to know why: no words are made for them.
    if (use.audit === undefined && this.#policy.allows(subject, use.path, 'use', use)) return undefined;
    const explanation = this.#policy.explain(subject, use.path, 'use', use);
    const record = recordOf(use, explanation);
    if (explanation.decision === 'allow') return record;
    this.#recordIfPossible(record);
    throw denied(explanation);
  }

  /** Never throws, and nobody waits for it. */
  #recordIfPossible(record: AccessRecord): void {
    if (this.#audit === undefined) return;
    try {
      if (this.#audit.enqueue !== undefined) this.#audit.enqueue(record);
      else this.#audit.record(record).catch(this.#reportFailure(record));
    } catch (error) {
      this.#reportFailure(record)(error);
    }
  }

  /** What a recorder throws may quote anything, so only its kind is told. */
  #reportFailure({ path, decision, actor }: AccessRecord): (error: unknown) => void {
    return (error) => {
      this.#logger.log({
        level: 'error',
        event: 'config.audit.failed',
        message: `A use of "${path}" that was ${decision === 'allow' ? 'allowed' : 'denied'} could not be recorded.`,
        fields: {
          path,
          decision,
          ...(actor !== undefined && { actor }),
          error: error instanceof Error ? error.name : typeof error,
        },
      });
    };
  }
}

function recordOf({ path, level }: SecretUse, { decision, rule, reader, principal }: AccessExplanation): AccessRecord {
  return Object.freeze({
    action: 'use',
    decision,
    path,
    level,
    rule,
    ...(reader !== undefined && { actor: reader }),
    ...(principal !== undefined && { principal }),
  });
}
