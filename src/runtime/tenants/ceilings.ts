import {
  type ConfigIssue,
  type ConfigLayer,
  type ConfigMap,
  type ConfigOrigin,
  type ConfigPath,
  ConfigError,
  type SchemaNode,
  attempt,
  childNode,
  createLayer,
  formatPath,
  isConfigMap,
  sameValue,
  valueAt,
} from '../../core/index.js';
import { canonicalPath, undeclaredPath } from '../../binding/index.js';
import { ByteSize, Duration } from '../../sections/index.js';
import type { LoadPlan } from '../plan/index.js';

/** The operator's limit of a setting, above a tenant and its plan. */
export interface Ceiling {
  readonly path: ConfigPath;
  /** The value for all tenants. */
  readonly force?: unknown;
  readonly min?: unknown;
  readonly max?: unknown;
  /** The values that are allowed; another one becomes the first of them. */
  readonly oneOf?: readonly unknown[];
  readonly origin: ConfigOrigin;
}

/** A value that is not what a tenant or its plan wanted, because of a ceiling. */
export interface Clamp {
  /** Canonical dotted path. */
  readonly path: string;
  readonly origin: ConfigOrigin;
}

const RULES = ['$force', '$min', '$max', '$oneOf'];

/**
 * The ceilings in layers: a map with one of `$force`, `$min`, `$max`, `$oneOf` in place of a value.
 *
 * @throws ConfigError `invalid-ceiling` with all issues.
 */
export function ceilingsOf(layers: readonly ConfigLayer[], { schema }: LoadPlan): readonly Ceiling[] {
  const found = new Map<string, Ceiling>();
  const issues: ConfigIssue[] = [];
  for (const layer of layers) {
    const visit = (value: unknown, spelled: ConfigPath): void => {
      const path = canonicalPath(schema, spelled);
      const origin = layer.locate(spelled);
      if (!isConfigMap(value)) {
        issues.push({ code: 'invalid-ceiling', path, message: EXPECTED, origin });
      } else if (!Object.keys(value).some((key) => key.startsWith('$')) || spelled.length === 0) {
        for (const [key, below] of Object.entries(value)) visit(below, [...spelled, key]);
      } else if (undeclaredPath(schema, path) !== undefined) {
        issues.push({ code: 'invalid-ceiling', path, message: 'is not a known key', origin });
      } else {
        const problem = problemOf(value, path.reduce<SchemaNode | undefined>(childNode, schema));
        if (problem !== undefined) issues.push({ code: 'invalid-ceiling', path, message: problem, origin });
        else found.set(formatPath(path), ceilingOf(value, path, origin));
      }
    };
    visit(layer.tree, []);
  }
  if (issues.length === 0) return [...found.values()];
  throw new ConfigError({
    code: 'invalid-ceiling',
    message: 'The ceiling for tenants cannot be used.',
    issues,
    recovery: 'Write for each setting a map of $force, $min, $max or $oneOf.',
  });
}

const EXPECTED = 'must be a map of $force, $min, $max or $oneOf';

function problemOf(value: ConfigMap, node: SchemaNode | undefined): string | undefined {
  const wrong = Object.keys(value).find((key) => !RULES.includes(key));
  if (wrong !== undefined) return `holds ${wrong}, and ${EXPECTED}`;
  const { $oneOf: oneOf, $min: min, $max: max } = value;
  if (oneOf !== undefined && (!Array.isArray(oneOf) || oneOf.length === 0)) return '$oneOf must be a list of values';
  const isBound = min !== undefined || max !== undefined;
  // It would hold nothing at all.
  if (isBound && node !== undefined && node.kind !== 'leaf') return 'holds a bound, which only a single value has';
  for (const amount of [min, max]) {
    if (amount !== undefined && compare(amount, amount) === undefined)
      return 'holds a bound that is no number, duration or size';
  }
  return min !== undefined && max !== undefined && (compare(min, max) ?? 1) > 0 ? '$min is above $max' : undefined;
}

function ceilingOf(value: ConfigMap, path: ConfigPath, origin: ConfigOrigin): Ceiling {
  const { $force: force, $min: min, $max: max, $oneOf: oneOf } = value;
  return {
    path,
    origin,
    ...('$force' in value && { force }),
    ...(min !== undefined && { min }),
    ...(max !== undefined && { max }),
    // Looked at before.
    ...(Array.isArray(oneOf) && { oneOf: oneOf as readonly unknown[] }),
  };
}

/** The settings below a key: of the application itself, or of a module or component with overrides. */
export interface CeilingView {
  /** The path of its overrides; empty for the application. */
  readonly level: ConfigPath;
  /** What it sees at the path of a setting. */
  readonly valueAt: (path: ConfigPath) => unknown;
  /** Whether it overrides something at the first key of a path. */
  readonly says: (path: ConfigPath) => boolean;
}

/**
 * The layer that holds a tenant below the ceilings, in all views, of which the application's comes first; `undefined`
 * where it stays below them by itself.
 */
export function applyCeilings(
  ceilings: readonly Ceiling[],
  views: readonly CeilingView[],
): { readonly layer: ConfigLayer; readonly clamps: readonly Clamp[] } | undefined {
  const tree: Record<string, unknown> = {};
  const origins = new Map<string, ConfigOrigin>();
  for (const ceiling of ceilings) {
    let ofAll: unknown;
    for (const { level, valueAt: seenAt, says } of views) {
      const value = seenAt(ceiling.path);
      if (level.length === 0) ofAll = value;
      // What it has from the application is held there.
      else if (!says(ceiling.path) && sameValue(value, ofAll)) continue;
      const held = heldBelow(value, ceiling);
      if (sameValue(held, value)) continue;
      const path = [...level, ...ceiling.path];
      put(tree, path, held);
      origins.set(formatPath(path), ceiling.origin);
    }
  }
  if (origins.size === 0) return undefined;
  const [first] = origins.values();
  const layer = createLayer({
    name: first?.source ?? 'ceiling',
    kind: first?.kind ?? 'custom',
    references: false,
    tree,
    locate: (path) => placeOf(path, origins) ?? { source: 'ceiling', kind: 'custom', key: formatPath(path) },
  });
  return { layer, clamps: [...origins].map(([path, origin]) => ({ path, origin })) };
}

function placeOf(path: ConfigPath, origins: ReadonlyMap<string, ConfigOrigin>): ConfigOrigin | undefined {
  for (let length = path.length; length > 0; length--) {
    const origin = origins.get(formatPath(path.slice(0, length)));
    if (origin !== undefined) return origin;
  }
  return undefined;
}

function heldBelow(value: unknown, ceiling: Ceiling): unknown {
  const { min, max, oneOf } = ceiling;
  if ('force' in ceiling) return ceiling.force;
  if (oneOf !== undefined && !oneOf.some((each) => sameValue(each, value))) return oneOf[0];
  // A value that is not set, or cannot be compared, is not limited: binding reports the issue.
  if (min !== undefined && (compare(value, min) ?? 0) < 0) return min;
  if (max !== undefined && (compare(value, max) ?? 0) > 0) return max;
  return value;
}

/** Below zero when the first is the smaller one; `undefined` for what cannot be compared. */
function compare(one: unknown, other: unknown): number | undefined {
  for (const read of [numberOf, millisecondsOf, bytesOf]) {
    const [left, right] = [read(one), read(other)];
    if (left !== undefined && right !== undefined) return left - right;
  }
  return undefined;
}

function numberOf(value: unknown): number | undefined {
  if (typeof value === 'number' || typeof value === 'bigint') return Number(value);
  if (typeof value !== 'string' || value.trim() === '') return undefined;
  const number = Number(value.replaceAll('_', ''));
  return Number.isFinite(number) ? number : undefined;
}

function millisecondsOf(value: unknown): number | undefined {
  return attempt(() =>
    value instanceof Duration || typeof value === 'string' ? Duration.of(value).milliseconds : undefined,
  );
}

function bytesOf(value: unknown): number | undefined {
  return attempt(() => (value instanceof ByteSize || typeof value === 'string' ? ByteSize.of(value).bytes : undefined));
}

function put(root: Record<string, unknown>, path: ConfigPath, value: unknown): void {
  let node = root;
  for (const key of path.slice(0, -1)) {
    const below = valueAt(node, [key]);
    node = isConfigMap(below) ? below : (node[key] = {});
  }
  const last = path.at(-1);
  if (last !== undefined) node[last] = value;
}
