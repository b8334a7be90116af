import { toTlsOptions } from '../../drivers/index.js';
import type { ResourceSecrets } from '../../resources/index.js';
import { NonRetryableError, planOf, type RetryPlan } from '../port/index.js';
import type { TemporalSettings } from './temporal-settings.js';

/** A retry policy of Temporal; milliseconds. */
export interface TemporalRetry {
  maximumAttempts: number;
  initialInterval: number;
  maximumInterval: number;
  backoffCoefficient: number;
  nonRetryableErrorTypes: string[];
}

/** What the packages `@temporalio/client` and `@temporalio/workflow` take; milliseconds. */
export interface TemporalOptions {
  /** For `Connection.connect`. */
  readonly connection: {
    address: string;
    tls?: {
      serverRootCACertificate?: Buffer;
      clientCertPair?: { crt: Buffer; key: Buffer };
      serverNameOverride?: string;
    };
    apiKey?: () => string;
  };
  /** For `new Client`. */
  readonly client: { namespace: string };
  /** For `workflow.start`, beside the id. */
  readonly workflow: { taskQueue: string; workflowExecutionTimeout: number };
  /** For `proxyActivities` of steps, and of their compensations. */
  readonly activity: { startToCloseTimeout: number; retry: TemporalRetry };
  readonly compensation: { startToCloseTimeout: number; retry: TemporalRetry };
}

/**
 * Options of Temporal, from settings of sagas, for one of them. Pure; the key of the cloud is asked of `secrets` for each
 * request. What Temporal has no word for is left out: `idempotencyWindow` is the retention of its namespace, `concurrency` an
 * option of its worker, and the order of compensations, `poisonAfter` and `lease` are up to workflows and server. Subpath:
 * `uno-config/sagas/temporal`.
 *
 * @param saga its name, for what is set under `named`
 * @param retry the name of retries that a step would name
 */
export function toTemporalOptions(
  settings: TemporalSettings,
  secrets: ResourceSecrets<TemporalSettings>,
  saga: string,
  retry?: string,
): TemporalOptions {
  const { address, namespace, taskQueue, apiKey, tls } = settings;
  const plan = planOf(settings, saga);
  const encryption = toTlsOptions(tls, () => secrets.use('tls.key', (key) => key));
  const { ca, cert, key, servername } = encryption ?? {};
  return {
    connection: {
      address,
      ...(encryption !== undefined && {
        tls: {
          ...(ca !== undefined && { serverRootCACertificate: Buffer.from(ca) }),
          ...(cert !== undefined &&
            key !== undefined && { clientCertPair: { crt: Buffer.from(cert), key: Buffer.from(key) } }),
          ...(servername !== undefined && { serverNameOverride: servername }),
        },
      }),
      ...(apiKey !== undefined && { apiKey: secrets.reader('apiKey') }),
    },
    client: { namespace },
    workflow: { taskQueue, workflowExecutionTimeout: plan.timeout },
    activity: { startToCloseTimeout: plan.stepTimeout, retry: retryOf(plan.retryOf(retry)) },
    compensation: { startToCloseTimeout: plan.stepTimeout, retry: retryOf(plan.compensationRetry) },
  };
}

function retryOf({ maxAttempts, minDelay, maxDelay }: RetryPlan): TemporalRetry {
  return {
    maximumAttempts: maxAttempts,
    initialInterval: minDelay,
    maximumInterval: Math.max(minDelay, maxDelay),
    backoffCoefficient: 2,
    nonRetryableErrorTypes: [NonRetryableError.name],
  };
}
