import { inspect } from 'node:util';
import type { ConfigPath } from '../core/index.js';
import {
  formatPath,
  holdsSecretKeys,
  isConfigMap,
  isSecureValue,
  MASK,
  maskUrlCredentials,
  WITHHELD,
} from '../core/index.js';
import type { GenerationFacts } from './generation-facts.js';

/** True where a value must not be shown: by its own name, its parents' or what it was built from. */
export function isHidden(facts: Pick<GenerationFacts, 'plan' | 'references'>, path: ConfigPath): boolean {
  return facts.plan.isSecret(path) || isTainted(facts, path);
}

/** True for a value that was built from a secret, and for what lies inside one. */
function isTainted({ references }: Pick<GenerationFacts, 'references'>, path: ConfigPath): boolean {
  const { tainted } = references.get(path[0] ?? '') ?? {};
  if (tainted === undefined || tainted.size === 0) return false;
  return path.some((_, depth) => tainted.has(formatPath(path.slice(0, depth + 1))));
}

/** A value made safe to show: secrets inside it masked, credentials of URLs hidden, value objects as their text. */
export function shownValue(
  facts: Pick<GenerationFacts, 'plan' | 'references'>,
  path: ConfigPath,
  value: unknown,
): unknown {
  if (value === undefined || value === null) return value;
  if (isSecureValue(value) || isHidden(facts, path)) return MASK;
  if (typeof value === 'string') return holdsSecretKeys(value) ? MASK : maskUrlCredentials(value);
  if (Array.isArray(value)) return value.map((item, index) => shownValue(facts, [...path, String(index)], item));
  if (isConfigMap(value)) {
    const entries = Object.entries(value);
    return Object.fromEntries(entries.map(([key, child]) => [key, shownValue(facts, [...path, key], child)] as const));
  }
  return typeof value === 'object' ? textOf(value) : value;
}

/** A shown value as one line of text. */
export function shownText(value: unknown): string {
  if (value === undefined) return '(not set)';
  if (typeof value === 'string') return value === MASK || value === WITHHELD ? value : JSON.stringify(value);
  return inspect(value, { depth: 4, breakLength: Infinity, compact: true, maxArrayLength: 20, maxStringLength: 200 });
}

function textOf(value: object): unknown {
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? 'Invalid Date' : value.toISOString();
  if (value instanceof URL || value instanceof RegExp) return maskUrlCredentials(String(value));
  // An object may have a toJSON; whether it is a function is asked in the next line.
  const { toJSON } = value as { readonly toJSON?: () => unknown };
  const text = typeof toJSON === 'function' ? toJSON.call(value) : undefined;
  return typeof text === 'string' ? maskUrlCredentials(text) : `(${value.constructor.name})`;
}
