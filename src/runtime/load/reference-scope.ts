import path from 'node:path';
import {
  type ConfigIssueText,
  type ConfigPath,
  type ReferenceScope,
  type ReferenceTarget,
  type SchemaNode,
  type SectionNode,
  ConfigError,
  formatPath,
  isConfigMap,
  isWithin,
  looksSecret,
  mergeMaps,
  parsePath,
  secretAt,
  valueAt,
} from '../../core/index.js';
import { canonicalPath, childNode, undeclaredPath } from '../../binding/index.js';
import type { Pin } from '../generation/index.js';
import { pinnedTarget } from './pins.js';
import {
  fileKey,
  missingFile,
  type FileAnswer,
  rowOf,
  segmentAt,
  wholeValue,
  winningSeat,
  type Traceable,
} from '../rows/index.js';

/** What the references of a generation are resolved with. */
export interface ScopeOptions {
  readonly from: Traceable;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** What was found in the files that references name, by `fileKey`. */
  readonly files: ReadonlyMap<string, FileAnswer>;
  /** What keeps its value, whatever the sources say. */
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
      pins.some((pin) => pin.isTainted && isWithin(at, pin.path)),
    secretAt: (at) => {
      const declared = secretAt(plan.schema, at);
      return declared && { path: formatPath(declared.path), rule: declared.rule, gate: plan.gate };
    },
    environment: (name) => variable(env, name),
    file: (name, at) => files.get(fileKey({ name, folder: folderOf(from, at) })) ?? missingFile(name),
    lookup: (name) => lookUp(name, from, pins),
    nearest: (name) => nearestTo(name, plan.schema),
    isText: (at) => isText(plan.schema, at),
  };
}

/** False for a text whose source takes `${` literally. */
export function isTemplate(from: Traceable, at: ConfigPath): boolean {
  return winningSeat(from, at)?.references ?? true;
}

/** Where the relative names of files start from in the text at a path. */
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
  const target = targetAt(at, from);
  return pins.length === 0 ? target : pinnedTarget(target, pins, from.plan.defaults);
}

function targetAt(at: ConfigPath, { rows, plan }: Traceable): ReferenceTarget {
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
  // A reference to a whole section takes its defaults along.
  if (isConfigMap(value) && isConfigMap(initial)) return { path: at, value: mergeMaps(initial, value) };
  if (value !== undefined) return { path: at, value };
  const above = textAbove(opened, segment.path, rest);
  return { path: at, value: initial, ...(above !== undefined && { above }) };
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

function isText(schema: SectionNode, path: ConfigPath): boolean {
  let node: SchemaNode | undefined = schema;
  for (const key of path) node = childNode(node, key);
  return node?.kind === 'leaf' && node.type === 'text';
}
