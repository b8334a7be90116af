import { isConfigMap, isEncryptedText, MASK, maskCredentials, type ConfigPath } from '../core/index.js';
import { type LoadPlan, secretsOfDocument } from '../runtime/index.js';

/** A document as it may be shown. What is encrypted is as safe here as where it is kept; a secret in plain text is masked. */
export function safeDocument(document: object, plan: LoadPlan): unknown {
  return safe(document, [], secretsOfDocument(isConfigMap(document) ? document : {}, plan));
}

function safe(value: unknown, path: ConfigPath, isSecret: (path: ConfigPath) => boolean): unknown {
  if (isConfigMap(value)) {
    return Object.fromEntries(
      Object.entries(value).map(([key, below]) => [key, safe(below, [...path, key], isSecret)]),
    );
  }
  if (Array.isArray(value)) return value.map((item: unknown, at) => safe(item, [...path, String(at)], isSecret));
  if (typeof value === 'string' && isEncryptedText(value)) return value;
  if (value !== null && isSecret(path)) return MASK;
  return typeof value === 'string' ? maskCredentials(value) : value;
}
