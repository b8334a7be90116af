import {
  childNode,
  COMPONENTS,
  type ConfigPath,
  MODULES,
  type SchemaNode,
  scopeLevels,
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
    const others = [...said.base.views.keys()].map((scope) => [[], ...scopeLevels(scope)]);
    const views = [place.levels, ...others.filter((levels) => isBelow(levels, place.levels))];
    return secretsIn(schema, owner).flatMap((name) =>
      views.flatMap((levels) => {
        const secret = levels.map((level) => [...level, ...place.rest, name]).findLast((at) => isSet(at, said));
        return secret === undefined || saysIn(said.tenant, said.base, secret) ? [] : [secret];
      }),
    );
  });
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
  return [...node.keys.values()].flatMap((key) =>
    key.node.kind === 'leaf' && key.node.secret !== undefined ? [key.name] : [],
  );
}

/** Where the settings of a path are overridden that sees it, the most specific last, and the path without that. */
function scopeOf(path: ConfigPath): { readonly levels: readonly ConfigPath[]; readonly rest: ConfigPath } {
  if (path[0] !== MODULES || path.length < 2) return { levels: [[]], rest: path };
  const depth = path[2] === COMPONENTS && path.length > 3 ? 4 : 2;
  const levels = [[], path.slice(0, 2), ...(depth === 4 ? [path.slice(0, 4)] : [])];
  return { levels, rest: path.slice(depth) };
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
export function saysIn(reading: Reading, { plan }: GenerationFacts, path: ConfigPath): boolean {
  const segment = segmentAt(plan.root, path);
  return reading.layers.some(({ parts }) => {
    const part = parts.get(segment);
    return part !== undefined && valueAt(part.tree, path.slice(part.path.length)) !== undefined;
  });
}
