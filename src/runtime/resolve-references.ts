import path from 'node:path';
import type { ConfigIssueText, ConfigMap, ConfigPath, Interpolation, SchemaNode, SectionNode } from '../core/index.js';
import {
  ConfigError,
  fileReferences,
  formatPath,
  interpolate,
  isConfigMap,
  looksSecret,
  mergeTrees,
  parsePath,
  secretRuleAt,
  valueAt,
} from '../core/index.js';
import { canonicalPath, childNode, undeclaredPath } from '../binding/index.js';
import { defaultRoots, readTextFile, resolveWithin } from '../sources/index.js';
import type { LoadPlan } from './load-plan.js';
import type { Traceable } from './trace-setting.js';
import { winningLayer } from './trace-setting.js';

/** Where `${file:…}` and `${env:…}` may reach. */
export interface ReferenceReach {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly fileRoots: readonly string[] | undefined;
  readonly signal: AbortSignal;
}

/** A section's default and its value merge key by key, as they do when the section is bound. */
const UNDECLARED: SectionNode = { kind: 'section', keys: new Map(), spellings: new Map(), open: true };

/** Folders that container platforms mount secrets in. */
const MOUNTED_SECRETS = ['/run/secrets', '/var/run/secrets'];

/** Reads the files that references name, then resolves all references of a merged tree. */
export async function resolveReferences(
  tree: ConfigMap,
  plan: LoadPlan,
  from: Traceable,
  reach: ReferenceReach,
): Promise<Interpolation> {
  const isTemplate = (at: ConfigPath): boolean => winningLayer(from, at)?.layer.references ?? true;
  const files = await readFiles(tree, isTemplate, from, reach);
  return interpolate(tree, {
    isTemplate,
    isSecret: (at) => (at.length === 1 ? looksSecret(at[0] ?? '') || plan.isSecret(at) : plan.isSecret(at)),
    secretLevel: (at) => secretRuleAt(plan.schema, at)?.level,
    environment: (name) => (Object.hasOwn(reach.env, name) ? reach.env[name] : undefined),
    file: (name, at) => files.get(fileKey(name, at, from)) ?? missing(name),
    lookup: (name) => lookUp(name, tree, plan),
    nearest: (name) => nearestTo(name, plan.schema),
    isText: (at) => isText(plan.schema, at),
  });
}

function lookUp(
  name: string,
  tree: ConfigMap,
  plan: LoadPlan,
): { readonly path: ConfigPath; readonly value: unknown } | ConfigIssueText {
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
  const [value, initial] = [valueAt(tree, at), valueAt(plan.defaults, at)];
  // A reference to a whole section takes its defaults along.
  if (isConfigMap(value) && isConfigMap(initial)) return { path: at, value: mergeTrees([initial, value], UNDECLARED) };
  return { path: at, value: value === undefined ? initial : value };
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

async function readFiles(
  tree: ConfigMap,
  isTemplate: (at: ConfigPath) => boolean,
  from: Traceable,
  reach: ReferenceReach,
): Promise<ReadonlyMap<string, string | ConfigIssueText>> {
  const files = new Map<string, Promise<string | ConfigIssueText>>();
  for (const { name, at } of fileReferences(tree, isTemplate)) {
    const key = fileKey(name, at, from);
    if (!files.has(key)) files.set(key, readFile(name, folderOf(at, from), reach));
  }
  const read = await Promise.all([...files].map(async ([key, text]) => [key, await text] as const));
  return new Map(read);
}

async function readFile(name: string, folder: string, reach: ReferenceReach): Promise<string | ConfigIssueText> {
  const roots = reach.fileRoots ?? [...defaultRoots(folder), ...MOUNTED_SECRETS];
  try {
    const found = await resolveWithin(roots, path.resolve(folder, name));
    if (found.kind === 'missing') return missing(name);
    if (found.kind === 'outside') return outside(name);
    const text = await readTextFile(found.path, { signal: reach.signal, shown: name });
    return text.replace(/\r?\n$/, '');
  } catch (error) {
    if (!ConfigError.is(error)) throw error;
    return {
      code: error.code,
      message: `refers to a file that cannot be read: ${error.message}`,
      hint: error.recovery,
    };
  }
}

function missing(name: string): ConfigIssueText {
  return {
    code: 'source-not-found',
    message: `refers to the file ${name}, which does not exist`,
    hint: `Create it, or give a fallback: \${file:${name}:-…}.`,
  };
}

function outside(name: string): ConfigIssueText {
  return {
    code: 'file-refused',
    message: `refers to the file ${name}, which lies outside the folders that may be read`,
    hint: 'Name its folder in the option fileRoots.',
  };
}

function fileKey(name: string, at: ConfigPath, from: Traceable): string {
  return `${folderOf(at, from)}\u0000${name}`;
}

function folderOf(at: ConfigPath, from: Traceable): string {
  return path.resolve(winningLayer(from, at)?.layer.folder ?? '.');
}
