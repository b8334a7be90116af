import type { AccessRight, SecretLevel } from '../../core/index.js';
import { accessPolicy, type AccessPolicy } from './access-policy.js';
import { recordOf, type AccessRecorder } from './access-record.js';
import { ACCESS_RIGHTS } from './access-right.js';
import { denied } from './gate-errors.js';
import { currentPrincipal } from './principal.js';

const EVERYBODY = accessPolicy([{ name: 'default', effect: 'allow', paths: ['**'], rights: [...ACCESS_RIGHTS] }]);

export interface AdmissionToAll {
  readonly right: AccessRight;
  readonly level: SecretLevel;
  /** The id of the key that they are encrypted under afterwards. */
  readonly kid?: string;
  /** Everybody may when absent. */
  readonly policy: AccessPolicy | undefined;
  /** Where the decision is recorded; nowhere when absent. */
  readonly audit?: AccessRecorder | undefined;
}

/**
 * Resolves when the one on whose behalf the code runs may do something with all secrets of a level, and that is on record.
 * For work that cannot tell which secrets it will meet: values in files say nothing of their path.
 *
 * @throws ConfigError `access-denied`, `audit-failed`.
 */
export async function admitToAll({ right, level, kid, policy, audit }: AdmissionToAll): Promise<void> {
  const explanation = (policy ?? EVERYBODY).explainAll({ principal: currentPrincipal() }, right);
  await audit?.record(recordOf(explanation, { level, kid }));
  if (explanation.decision === 'deny') throw denied(explanation);
}
