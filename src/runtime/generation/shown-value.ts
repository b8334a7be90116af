import { inspect } from 'node:util';
import {
  type ConfigPath,
  escapeControls,
  formatPath,
  holdsSecretKeys,
  isConfigMap,
  isSecureValue,
  MASK,
  maskCredentials,
  UNSET,
  WITHHELD,
} from '../../core/index.js';
import { rowOf, segmentAt, type RowLookup, type Segment } from '../rows/index.js';

/** What decides whether a value must not be shown. */
export interface Hiding {
  readonly rows: RowLookup;
  readonly plan: { readonly root: Segment; readonly isSecret: (path: ConfigPath) => boolean };
}

/** True where a value must not be shown: by its own name, its parents' or what it was built from. */
export function isHidden(hiding: Hiding, path: ConfigPath): boolean {
  return hiding.plan.isSecret(path) || isTainted(hiding, path);
}

/** True for a value that was built from a secret, and for what lies inside one. */
export function isTainted(
  { rows, plan }: { readonly rows: RowLookup; readonly plan: Pick<Hiding['plan'], 'root'> },
  path: ConfigPath,
): boolean {
  const { tainted } = rowOf(rows, segmentAt(plan.root, path));
  if (tainted.size === 0) return false;
  return path.some((_, depth) => tainted.has(formatPath(path.slice(0, depth + 1))));
}

/** A value made safe to show: secrets inside it masked, credentials of URLs hidden, value objects as strings. */
export function shownValue(hiding: Hiding, path: ConfigPath, value: unknown): unknown {
  if (value === undefined || value === null) return value;
  if (value === UNSET) return '!unset';
  if (isSecureValue(value) || isHidden(hiding, path)) return MASK;
  if (typeof value === 'string') return holdsSecretKeys(value) ? MASK : maskCredentials(value);
  if (Array.isArray(value)) return value.map((item, index) => shownValue(hiding, [...path, String(index)], item));
  if (isConfigMap(value)) {
    const entries = Object.entries(value);
    return Object.fromEntries(entries.map(([key, child]) => [key, shownValue(hiding, [...path, key], child)] as const));
  }
  return typeof value === 'object' ? textOf(value) : value;
}

export function shownText(value: unknown): string {
  if (value === undefined) return '(not set)';
  if (typeof value === 'string')
    return value === MASK || value === WITHHELD ? value : escapeControls(JSON.stringify(value));
  const options = { depth: 4, breakLength: Infinity, compact: true, maxArrayLength: 20, maxStringLength: 200 };
  return escapeControls(inspect(value, options));
}

function textOf(value: object): unknown {
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? 'Invalid Date' : value.toISOString();
  if (value instanceof URL || value instanceof RegExp) return maskCredentials(String(value));
  // An object may have a toJSON; whether it is a function is asked in the next line.
  const { toJSON } = value as { readonly toJSON?: () => unknown };
  const text = typeof toJSON === 'function' ? toJSON.call(value) : undefined;
  return typeof text === 'string' ? maskCredentials(text) : `(${value.constructor.name})`;
}
