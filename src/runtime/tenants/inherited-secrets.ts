import {
  alignItems,
  childNode,
  COMPONENTS,
  type ConfigPath,
  formatPath,
  isConfigMap,
  MODULES,
  type SchemaKey,
  type SchemaNode,
  scopeLevels,
  strategyAt,
  valueAt,
} from '../../core/index.js';
import type { GenerationFacts } from '../generation/index.js';
import { type Reading, rowOf, segmentAt } from '../rows/index.js';

/** Who says what, where a tenant changes where secrets are sent. */
export interface SaidBy {
  readonly tenant: Reading;
  readonly base: GenerationFacts;
  readonly plan: Reading | undefined;
}

/**
 * The secrets that would be sent where a tenant wants and that are not its own: beside what it overrides at a path stand
 * fields with `@TenantScope('with-secrets')`, and the application or the plan sets these secrets. Modules that see the
 * override are looked at as well: one may have a secret of its own.
 */
export function inheritedSecrets(path: ConfigPath, said: SaidBy): readonly ConfigPath[] {
  const { schema } = said.base.plan;
  return ownersAt(schema, path).flatMap((owner) => {
    const place = scopeOf(owner);
    const views = viewsFrom(place.levels, said);
    return secretsIn(schema, owner).flatMap((name) =>
      views.flatMap((levels) => {
        const secret = levels.map((level) => [...level, ...place.rest, name]).findLast((at) => isSet(at, said));
        return secret === undefined || saysIn(said.tenant, said.base, secret) ? [] : [secret];
      }),
    );
  });
}

/**
 * The same of a list whose items join those of the application or the plan: each by its path in the document, beside a field
 * with `@TenantScope('with-secrets')` that an item sets, without the secret.
 */
export function joinedSecrets(path: ConfigPath, value: unknown, said: SaidBy): readonly ConfigPath[] {
  if (!Array.isArray(value)) return [];
  const { levels, rest } = scopeOf(path);
  const views = viewsFrom(levels, said);
  const places = new Map(views.flat().map((level) => [formatPath(level), [...level, ...rest]] as const));
  const parent = path.slice(0, -1).reduce<SchemaNode | undefined>(childNode, said.base.plan.schema);
  const found = [...places.values()]
    .flatMap((at) => valuesAt(at, said))
    .flatMap((lower) => secretsBeside(parent, path.at(-1) ?? '', [lower, value], path));
  return [...new Map(found.map((at) => [formatPath(at), at])).values()];
}

/** What is merged at a key, low and high: the secrets of the low one that would go where the high one says. */
function secretsBeside(
  parent: SchemaNode | undefined,
  key: string,
  [lower, upper]: readonly [unknown, unknown],
  path: ConfigPath,
): readonly ConfigPath[] {
  const node = childNode(parent, key);
  if (Array.isArray(lower) && Array.isArray(upper)) {
    const lists: readonly (readonly unknown[])[] = [lower, upper];
    return alignItems(lists, strategyAt(parent, key)).flatMap((sources) => {
      const of = (list: number): readonly number[] => sources.flatMap(([at, item]) => (at === list ? [item] : []));
      return of(0).flatMap((low) =>
        of(1).flatMap((high) =>
          secretsBeside(node, String(high), [lists[0]?.[low], lists[1]?.[high]], [...path, String(high)]),
        ),
      );
    });
  }
  if (!isConfigMap(lower) || !isConfigMap(upper)) return [];
  const keys = node?.kind === 'section' ? [...node.keys.values()] : [];
  const isDirected = keys.some(({ name, tenant }) => tenant === 'with-secrets' && upper[name] !== undefined);
  const own = isDirected ? keys.filter((one) => isSecret(one) && lower[one.name] !== undefined) : [];
  return [
    ...own.filter(({ name }) => upper[name] === undefined).map(({ name }) => [...path, name]),
    ...Object.keys(upper).flatMap((name) => secretsBeside(node, name, [lower[name], upper[name]], [...path, name])),
  ];
}

function isSecret({ node }: SchemaKey): boolean {
  return node.kind === 'leaf' && node.secret !== undefined;
}

/** Whatever the application and the plan say at a path. */
function valuesAt(path: ConfigPath, { base, plan }: SaidBy): readonly unknown[] {
  const segment = segmentAt(base.plan.root, path);
  const written = [...base.readings, ...(plan ? [plan] : [])].flatMap((reading) => saidIn(reading, base, path));
  return [valueAt(rowOf(base.rows, segment).resolved, path.slice(segment.path.length)), ...written];
}

/** The sections whose fields with `with-secrets` an override determines. */
function ownersAt(schema: SchemaNode, path: ConfigPath): readonly ConfigPath[] {
  let node: SchemaNode | undefined = schema;
  let owner: ConfigPath | undefined;
  for (const [depth, key] of path.entries()) {
    const declared = node?.kind === 'section' ? node.keys.get(key)?.tenant : undefined;
    if (declared !== undefined) owner = declared === 'with-secrets' ? path.slice(0, depth) : undefined;
    node = childNode(node, key);
  }
  return owner === undefined ? ownersBelow(node, path, new Set()) : [owner];
}

function ownersBelow(node: SchemaNode | undefined, path: ConfigPath, seen: ReadonlySet<SchemaNode>): ConfigPath[] {
  if (node?.kind !== 'section' || seen.has(node)) return [];
  const keys = [...node.keys.values()];
  const within = new Set([...seen, node]);
  const own = keys.some(({ tenant }) => tenant === 'with-secrets') ? [path] : [];
  return [...own, ...keys.flatMap((key) => ownersBelow(key.node, [...path, key.name], within))];
}

function secretsIn(schema: SchemaNode, owner: ConfigPath): readonly string[] {
  const node = owner.reduce<SchemaNode | undefined>(childNode, schema);
  if (node?.kind !== 'section') return [];
  return [...node.keys.values()].flatMap((key) => (isSecret(key) ? [key.name] : []));
}

/** Where the settings of a path are overridden that sees it, the most specific last, and the path without that. */
function scopeOf(path: ConfigPath): { readonly levels: readonly ConfigPath[]; readonly rest: ConfigPath } {
  if (path[0] !== MODULES || path.length < 2) return { levels: [[]], rest: path };
  const depth = path[2] === COMPONENTS && path.length > 3 ? 4 : 2;
  const levels = [[], path.slice(0, 2), ...(depth === 4 ? [path.slice(0, 4)] : [])];
  return { levels, rest: path.slice(depth) };
}

/** Who sees an override, each by the levels that it is made of. */
function viewsFrom(from: readonly ConfigPath[], { base }: SaidBy): readonly (readonly ConfigPath[])[] {
  const all = [...base.views.keys()].map((scope) => [[], ...scopeLevels(scope)]);
  return [from, ...all.filter((levels) => isBelow(levels, from))];
}

function isBelow(levels: readonly ConfigPath[], above: readonly ConfigPath[]): boolean {
  const [last, end] = [levels.at(-1) ?? [], above.at(-1) ?? []];
  return last.length > end.length && end.every((key, depth) => last[depth] === key);
}

function isSet(path: ConfigPath, { tenant, base, plan }: SaidBy): boolean {
  const segment = segmentAt(base.plan.root, path);
  const value = valueAt(rowOf(base.rows, segment).resolved, path.slice(segment.path.length));
  return (
    value !== undefined ||
    [tenant, ...base.readings, ...(plan ? [plan] : [])].some((reading) => saysIn(reading, base, path))
  );
}

/** Whether some layer of an answer sets a path. */
export function saysIn(reading: Reading, base: GenerationFacts, path: ConfigPath): boolean {
  return saidIn(reading, base, path).some((value) => value !== undefined);
}

/** By layer. */
function saidIn(reading: Reading, { plan }: GenerationFacts, path: ConfigPath): readonly unknown[] {
  const segment = segmentAt(plan.root, path);
  return reading.layers.map(({ parts }) => {
    const part = parts.get(segment);
    return part && valueAt(part.tree, path.slice(part.path.length));
  });
}
