import path from 'node:path';
import {
  type ConfigIssueText,
  type ConfigPath,
  type Inheritance,
  type ReferenceScope,
  type ReferenceTarget,
  type SchemaNode,
  type SectionNode,
  childNode,
  ConfigError,
  formatPath,
  holdsExtends,
  inheritances,
  isConfigMap,
  isWithin,
  looksSecret,
  mergeMaps,
  parsePath,
  secretAt,
  valueAt,
} from '../../core/index.js';
import { canonicalPath, undeclaredPath } from '../../binding/index.js';
import type { Pin } from '../generation/index.js';
import { pinnedTarget } from './pins.js';
import {
  fileKey,
  missingFile,
  mountedValues,
  type FileAnswer,
  type Part,
  originOf,
  rowOf,
  segmentAt,
  wholeValue,
  winningLayer,
  winningSeat,
  type Traceable,
} from '../rows/index.js';

/** What the references of a generation are resolved with. */
export interface ScopeOptions {
  readonly from: Traceable;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** What was found in the files that references name, by `fileKey`. */
  readonly files: ReadonlyMap<string, FileAnswer>;
  /** Values that stay, whatever the sources contain. */
  readonly pins: readonly Pin[];
}

/** What references can reach. */
export function referenceScope({ from, env, files, pins }: ScopeOptions): ReferenceScope {
  const { plan } = from;
  return {
    isTemplate: (at) => isTemplate(from, at),
    isSecret: (at) =>
      (at.length === 1 && looksSecret(at[0] ?? '')) ||
      plan.isSecret(at) ||
      isMounted(from, at) ||
      pins.some((pin) => pin.isTainted && isWithin(at, pin.path)),
    secretAt: (at) => {
      const declared = secretAt(plan.schema, at);
      return declared && { path: formatPath(declared.path), rule: declared.rule, gate: plan.gate };
    },
    environment: (name) => variable(env, name),
    isNamedFile: (at) => isNamedFile(from, at),
    file: (name, at) => files.get(fileKey({ name, folder: folderOf(from, at) })) ?? missingFile(name),
    lookup: (name) => lookUp(name, from, pins),
    nearest: (name) => nearestTo(name, plan.schema),
    isText: (at) => {
      const node = nodeAt(plan.schema, at);
      return node?.kind === 'leaf' && node.type === 'string';
    },
    isGroup: (at) => nodeAt(plan.schema, at)?.kind === 'section',
  };
}

/** True for what is read from a folder of mounted secrets, and for what is inside. */
function isMounted({ rows, plan }: Traceable, at: ConfigPath): boolean {
  const mounted = mountedValues(rowOf(rows, segmentAt(plan.root, at)));
  return mounted.size > 0 && at.some((_, depth) => mounted.has(formatPath(at.slice(0, depth + 1))));
}

/** False for a string whose source takes `${` literally. */
export function isTemplate(from: Traceable, at: ConfigPath): boolean {
  const { parts } = rowOf(from.rows, segmentAt(from.plan.root, at));
  return parts.every(({ seat }) => seat.references) || (winningSeat(from, at)?.references ?? true);
}

/** True for a string that a source made from a variable `NAME_FILE`, where `NAME` is how it would set the path. */
function isNamedFile(from: Traceable, at: ConfigPath): boolean {
  const name = winningLayer(from, at)?.spell?.(at);
  return name !== undefined && originOf(from, at)?.key === `${name}_FILE`;
}

/** The folder that relative file names in the string at a path start from. */
export function folderOf(from: Traceable, at: ConfigPath): string {
  return path.resolve(winningSeat(from, at)?.folder ?? '.');
}

/** An environment variable; none that is inherited from a prototype. */
function variable(env: ScopeOptions['env'], name: string): string | undefined {
  return Object.hasOwn(env, name) ? env[name] : undefined;
}

function lookUp(name: string, from: Traceable, pins: readonly Pin[]): ReferenceTarget | ConfigIssueText {
  let written: ConfigPath;
  try {
    written = parsePath(name);
  } catch (error) {
    if (!ConfigError.is(error)) throw error;
    const [problem = ''] = error.message.split('\n');
    return {
      code: 'malformed-reference',
      message: `cannot be read: ${problem.replace(/\.$/, '')}`,
      hint: error.recovery,
    };
  }
  const at = canonicalPath(from.plan.schema, written);
  const target = targetAt(at, from, NOWHERE);
  return pins.length === 0 ? target : pinnedTarget(target, pins, from.plan.defaults);
}

/** @param passed the paths that inherit from this one, so that a circle ends: each member reports it itself */
function targetAt(at: ConfigPath, from: Traceable, passed: ReadonlySet<string>): ReferenceTarget {
  const { rows, plan } = from;
  const segment = segmentAt(plan.root, at);
  const { opened, parts } = rowOf(rows, segment);
  const initial = valueAt(plan.defaults, at);
  if (typeof opened === 'string') {
    const place = parts.findLast(({ tree }) => tree === opened)?.path ?? segment.path;
    if (place.length === at.length) return { path: at, value: opened };
    return { path: at, value: initial, above: { path: place, value: opened } };
  }
  const rest = at.slice(segment.path.length);
  const value = rest.length === 0 ? wholeValue(rows, segment, 'opened') : valueAt(opened, rest);
  const inherits = inheritances(opened, segment.schema, segment.path, rest);
  if (value === undefined && inherits.length > 0) {
    const inherited = inheritedAt(at, inherits, from, passed);
    if (inherited !== undefined) return inherited;
  }
  // Inherited values take precedence over defaults.
  if (isConfigMap(value) && (inherits.length > 0 || (parts.some(holdsReferences) && holdsExtends(value)))) {
    return { path: at, value, inherits, finish: (resolved) => withDefaults(initial, resolved) };
  }
  // A reference to a whole section takes its defaults along.
  if (isConfigMap(value) && isConfigMap(initial)) return { path: at, value: mergeMaps(initial, value) };
  if (value !== undefined) return { path: at, value };
  const above = textAbove(opened, segment.path, rest);
  return { path: at, value: initial, ...(above !== undefined && { above }) };
}

/** The value for a path from the nearest map that inherits. */
function inheritedAt(
  at: ConfigPath,
  inherits: readonly Inheritance[],
  from: Traceable,
  passed: ReadonlySet<string>,
): ReferenceTarget | undefined {
  const id = formatPath(at);
  if (passed.has(id)) return undefined;
  for (const { parent } of inherits) {
    const target = targetAt(canonicalPath(from.plan.schema, parent), from, new Set([...passed, id]));
    if (target.value !== undefined || target.above !== undefined) return target;
  }
  return undefined;
}

function withDefaults(initial: unknown, resolved: unknown): unknown {
  return isConfigMap(initial) && isConfigMap(resolved) ? mergeMaps(initial, resolved) : resolved;
}

const NOWHERE: ReadonlySet<string> = new Set();

function holdsReferences(part: Part): boolean {
  return part.holdsReferences;
}

function textAbove(tree: unknown, start: ConfigPath, path: ConfigPath): ReferenceTarget['above'] {
  for (let length = 1; length < path.length; length++) {
    const at = path.slice(0, length);
    const value = valueAt(tree, at);
    if (typeof value === 'string') return { path: [...start, ...at], value };
  }
  return undefined;
}

function nearestTo(name: string, schema: SectionNode): string | undefined {
  const nearest = undeclaredPath(schema, canonicalPath(schema, parsePath(name)))?.nearest;
  return nearest && formatPath(nearest);
}

function nodeAt(schema: SectionNode, path: ConfigPath): SchemaNode | undefined {
  let node: SchemaNode | undefined = schema;
  for (const key of path) node = childNode(node, key);
  return node;
}
