import {
  activeTraceId,
  guardLogger,
  silentLogger,
  type ConfigLogger,
  type ConfigTracerPort,
  type SecretGate,
  type SecretWish,
  kindOfThrown,
} from '../../core/index.js';
import { accessPolicy, type AccessPolicy } from './access-policy.js';
import { recordOf, type AccessRecord, type AccessRecorder } from './access-record.js';
import { showsNothing } from './access-right.js';
import { auditMissing, auditNeedsAsync, denied, tenantMismatch } from './gate-errors.js';
import type { AccessSubject } from './access-subject.js';
import { currentPrincipal } from './principal.js';

export interface SecretGateOptions {
  /** Without rules by default: only what `@Secure` says counts. */
  readonly policy?: AccessPolicy | undefined;
  /** None by default: then nobody may use secrets whose audit is `required`. */
  readonly audit?: AccessRecorder | undefined;
  /** Is told of records that failed, where the use goes on without. Silent by default. */
  readonly logger?: ConfigLogger | undefined;
  /** Asked for the trace of each record; the recorder may know it when absent. */
  readonly tracer?: ConfigTracerPort | undefined;
}

export interface PolicySecretGate extends SecretGate {
  /** The gate of a tenant's secrets, which asks the same policy. */
  ownedBy(tenant: string): PolicySecretGate;
  /** Has it, and all that are made from it, ask for which tenant the code runs. */
  follow(tenant: () => string | undefined): void;
}

/**
 * The gate that every secret asks before it opens: the access policy decides, and the decision is recorded. What is
 * denied is recorded too, whatever the field says of its audit, and nobody waits for that.
 */
export function createSecretGate(options: SecretGateOptions = {}): PolicySecretGate {
  return new PolicyGate(options, {});
}

/** For which tenant the code runs, as far as there are tenants. */
interface Running {
  tenant?: () => string | undefined;
}

class PolicyGate implements PolicySecretGate {
  readonly #options: SecretGateOptions;
  readonly #running: Running;
  public readonly owner: { readonly tenant: string; readonly of: SecretGate } | undefined;
  readonly #policy: AccessPolicy;
  readonly #audit: AccessRecorder | undefined;
  readonly #logger: ConfigLogger;
  readonly #tracer: ConfigTracerPort | undefined;

  public constructor(options: SecretGateOptions, running: Running, owner?: PolicyGate['owner']) {
    const { policy = accessPolicy([]), audit, logger = silentLogger, tracer } = options;
    this.#options = options;
    this.#running = running;
    this.owner = owner;
    this.#policy = policy;
    this.#audit = audit;
    this.#logger = guardLogger(logger);
    this.#tracer = tracer;
    Object.freeze(this);
  }

  public ownedBy(tenant: string): PolicySecretGate {
    return new PolicyGate(this.#options, this.#running, { tenant, of: this.owner?.of ?? this });
  }

  public follow(tenant: () => string | undefined): void {
    this.#running.tenant = tenant;
  }

  public admit(wish: SecretWish): void {
    const record = this.#decide(wish);
    if (record === undefined) return;
    const { path, audit } = wish;
    if (audit === 'required') throw this.#audit === undefined ? auditMissing(path) : auditNeedsAsync(path);
    this.#recordIfPossible(record);
  }

  public async admitAsync(wish: SecretWish): Promise<void> {
    const record = this.#decide(wish);
    if (record === undefined) return;
    if (wish.audit !== 'required') {
      this.#recordIfPossible(record);
      return;
    }
    if (this.#audit === undefined) throw auditMissing(wish.path);
    await this.#audit.record(record);
  }

  public allows(wish: SecretWish): boolean {
    const running = this.#running.tenant?.();
    if (this.#isStrange(running)) return false;
    return this.#policy.allows(this.#subject(wish, running), wish.path, wish.right, wish);
  }

  /** What is to be recorded of a wish that is granted, if anything. One that is not is recorded and refused here. */
  #decide(wish: SecretWish): AccessRecord | undefined {
    const { path, right, level, audit, origins, kid } = wish;
    // Most requests are granted and need no reason: no text is built for them.
    if ((audit === undefined || showsNothing(right)) && this.allows(wish)) return undefined;
    const running = this.#running.tenant?.();
    if (running !== undefined && this.#isStrange(running))
      throw tenantMismatch(`The secret "${path}" of`, this.owner?.tenant ?? '', running);
    const explanation = this.#policy.explain(this.#subject(wish, running), path, right, wish);
    const record = recordOf(explanation, { level, origins, kid, traceId: activeTraceId(this.#tracer) });
    if (explanation.decision === 'allow') return record;
    this.#recordIfPossible(record);
    throw denied(explanation);
  }

  /** Never throws, and is not awaited. */
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
  #reportFailure({ action, path, decision, actor }: AccessRecord): (error: unknown) => void {
    return (error) => {
      this.#logger.log({
        level: 'error',
        event: 'config.audit.failed',
        message: `A "${action}" of "${path}" that was ${decision === 'allow' ? 'allowed' : 'denied'} could not be recorded.`,
        fields: {
          path,
          decision,
          ...(actor !== undefined && { actor }),
          error: kindOfThrown(error),
        },
      });
    };
  }

  #isStrange(running: string | undefined): boolean {
    return running !== undefined && this.owner !== undefined && running !== this.owner.tenant;
  }

  #subject({ reader }: SecretWish, running: string | undefined): AccessSubject {
    return { reader, principal: currentPrincipal(), tenant: this.owner?.tenant ?? running };
  }
}
