import type { ConfigIssue, ConfigMap } from '../core/index.js';
import { fileReferences, interpolate, MOST_BROUGHT_IN, sameValue } from '../core/index.js';
import { mergedTree, type MergedTree } from './merged-tree.js';
import { fileKey, readReferencedFiles, type FileAnswer, type FileName, type FileReach } from './reference-files.js';
import { folderOf, isTemplate, referenceScope, variable, type ScopeOptions } from './reference-scope.js';
import { resolvedAgain, withoutReferences, withReaders, type Resolution } from './resolution.js';

/** What {@link resolveReferences} resolves, and what it may look at. */
export interface ResolveRequest extends ScopeOptions, FileReach {
  /** What has been resolved before, and the keys of the root under which something else stands now, or comes from. */
  readonly before?: { readonly resolution: Resolution; readonly changed: ReadonlySet<string> };
}

/** What the references came to. */
export interface Resolved {
  readonly resolution: Resolution;
  readonly issues: readonly ConfigIssue[];
}

/**
 * Reads the files that references name, then resolves all references of a merged tree; of one that has been resolved
 * before, those alone that have changed or depend on what has.
 */
export async function resolveReferences(request: ResolveRequest): Promise<Resolved> {
  const { before, tree } = request;
  if (before !== undefined) {
    const resolved = await resolveUnder(before.changed, request, before.resolution);
    // Where something is wrong, it is told as the first load would tell it.
    if (resolved.issues.length === 0 && resolved.resolution.broughtIn < MOST_BROUGHT_IN) return resolved;
  }
  return resolveUnder(new Set(new Map(tree).keys()), request, withoutReferences(mergedTree({})));
}

async function resolveUnder(
  changed: ReadonlySet<string>,
  request: ResolveRequest,
  before: Resolution,
): Promise<Resolved> {
  const names = fileNames(changed, request, before);
  const answers = await readReferencedFiles([...names.values()].flat(), request);
  const keys = withReaders(before, [...changed, ...movedOutside(before, answers, request)]);
  const found = interpolate(partUnder(keys, request.tree), referenceScope(request, answers));
  const files = (key: string): readonly FileName[] => names.get(key) ?? [];
  return { resolution: resolvedAgain(before, keys, found, { files, answers }), issues: found.issues };
}

function partUnder(keys: Iterable<string>, tree: MergedTree): ConfigMap {
  const entries = Array.from(keys, (key): readonly [string, unknown] => [key, tree.get(key)]);
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined));
}

/** By key of the root: the files that references name there now. */
function fileNames(
  changed: ReadonlySet<string>,
  { tree, trace }: ResolveRequest,
  { outside }: Resolution,
): ReadonlyMap<string, readonly FileName[]> {
  const known = [...outside].map(([key, { files }]) => [key, files] as const);
  const names = new Map<string, readonly FileName[]>(known);
  for (const key of changed) {
    const named = fileReferences(partUnder([key], tree), (at) => isTemplate(trace, at));
    names.set(
      key,
      named.map(({ name, at }) => ({ name, folder: folderOf(trace, at) })),
    );
  }
  return names;
}

/** The keys of the root under which references named files or variables that say something else now. */
function movedOutside(
  { outside }: Resolution,
  answers: ReadonlyMap<string, FileAnswer>,
  { env }: ResolveRequest,
): readonly string[] {
  return [...outside].flatMap(([key, { files, environment }]) => {
    const moved =
      files.some((file) => !sameValue(file.answer, answers.get(fileKey(file)))) ||
      [...environment].some(([name, text]) => text !== variable(env, name));
    return moved ? [key] : [];
  });
}
