import type { ConfigLogger, SecretGate } from '../core/index.js';
import { createSecretGate, type AccessPolicy, type AccessRecorder } from '../security/index.js';

/** How secrets are kept. */
export interface SecretOptions {
  /** Who may use which secret; only what `@Secure` says counts when absent. */
  readonly access?: AccessPolicy | undefined;
  /** Where uses are recorded of secrets that `@Secure` asks it of, and all that are denied: an `AuditLog`. */
  readonly audit?: AccessRecorder | undefined;
}

/** The gate that all secrets of a load ask before they open. */
export function secretGateOf({ access, audit }: SecretOptions = {}, logger: ConfigLogger | undefined): SecretGate {
  return createSecretGate({ policy: access, audit, logger });
}
