import path from 'node:path';
import type {
  ConfigIssueText,
  ConfigPath,
  ReferenceScope,
  ReferenceTarget,
  SchemaNode,
  SectionNode,
} from '../core/index.js';
import {
  ConfigError,
  formatPath,
  isConfigMap,
  looksSecret,
  mergeMaps,
  parsePath,
  secretRuleAt,
  valueAt,
} from '../core/index.js';
import { canonicalPath, childNode, undeclaredPath } from '../binding/index.js';
import type { LoadPlan } from './load-plan.js';
import { valueIn, type MergedTree } from './merged-tree.js';
import { fileKey, missingFile, type FileAnswer } from './reference-files.js';
import { winningLayer, type Traceable } from './trace-setting.js';

/** What the references of a tree are resolved with. */
export interface ScopeOptions {
  readonly tree: MergedTree;
  readonly plan: LoadPlan;
  readonly trace: Traceable;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/**
 * What references in a tree can reach.
 *
 * @param answers what was found in the files that references name, by `fileKey`
 */
export function referenceScope(
  { tree, plan, trace, env }: ScopeOptions,
  answers: ReadonlyMap<string, FileAnswer>,
): ReferenceScope {
  return {
    isTemplate: (at) => isTemplate(trace, at),
    isSecret: (at) => (at.length === 1 ? looksSecret(at[0] ?? '') || plan.isSecret(at) : plan.isSecret(at)),
    secretLevel: (at) => secretRuleAt(plan.schema, at)?.level,
    environment: (name) => variable(env, name),
    file: (name, at) => answers.get(fileKey({ name, folder: folderOf(trace, at) })) ?? missingFile(name),
    lookup: (name) => lookUp(name, tree, plan),
    nearest: (name) => nearestTo(name, plan.schema),
    isText: (at) => isText(plan.schema, at),
  };
}

/** False for a text whose source takes `${` literally. */
export function isTemplate(trace: Traceable, at: ConfigPath): boolean {
  return winningLayer(trace, at)?.layer.references ?? true;
}

/** Where the relative names of files start from in the text at a path. */
export function folderOf(trace: Traceable, at: ConfigPath): string {
  return path.resolve(winningLayer(trace, at)?.layer.folder ?? '.');
}

/** An environment variable; none that is inherited from a prototype. */
export function variable(env: ScopeOptions['env'], name: string): string | undefined {
  return Object.hasOwn(env, name) ? env[name] : undefined;
}

function lookUp(name: string, tree: MergedTree, plan: LoadPlan): ReferenceTarget | ConfigIssueText {
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
  const at = canonicalPath(plan.schema, written);
  const [value, initial] = [valueIn(tree, at), valueAt(plan.defaults, at)];
  // A reference to a whole section takes its defaults along.
  if (isConfigMap(value) && isConfigMap(initial)) return { path: at, value: mergeMaps(initial, value) };
  if (value !== undefined) return { path: at, value };
  const above = textAbove(tree, at);
  return { path: at, value: initial, ...(above !== undefined && { above }) };
}

function textAbove(tree: MergedTree, path: ConfigPath): ReferenceTarget['above'] {
  for (let length = 1; length < path.length; length++) {
    const at = path.slice(0, length);
    const value = valueIn(tree, at);
    if (typeof value === 'string') return { path: at, value };
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
