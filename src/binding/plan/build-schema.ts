import {
  type ConfigPath,
  type SchemaKey,
  type SectionNode,
  ConfigError,
  foldKey,
  formatPath,
  type SchemaNode,
  COMPONENTS,
  MODULES,
} from '../../core/index.js';

/** A section's shape and where it sits. */
export interface PlacedSchema {
  readonly path: ConfigPath;
  readonly schema: SectionNode;
}

/**
 * One schema for all sections.
 *
 * @param open whose keys those are at the root that no section declares, see {@link SectionNode}
 *
 * @throws ConfigError `ambiguous-key` when a section sits where another one has a field that is no section.
 */
export function buildSchema(sections: readonly PlacedSchema[], open: SectionNode['open']): SectionNode {
  return build({ kind: 'section', keys: new Map(), spellings: new Map(), open }, sections, 0, open);
}

/** The node at a depth: what already sits there, joined with the sections that sit there or further down. */
function build(
  base: SectionNode,
  sections: readonly PlacedSchema[],
  depth: number,
  open: SectionNode['open'],
): SectionNode {
  const [only] = sections;
  // The common case, and the reason why two hundred sections cost nothing here: only one section is at this place.
  if (sections.length === 1 && only?.path.length === depth && base.keys.size === 0) return only.schema;
  const keys = new Map(base.keys);
  const spellings = new Map(base.spellings);
  const below = new Map<string, PlacedSchema[]>();
  for (const section of sections) {
    const key = section.path[depth];
    if (key === undefined) {
      for (const [name, known] of section.schema.keys) keys.set(name, known);
      for (const [folded, name] of section.schema.spellings) spellings.set(folded, name);
    } else {
      const group = below.get(key);
      if (group === undefined) below.set(key, [section]);
      else group.push(section);
    }
  }
  for (const [key, group] of below) {
    const existing = keys.get(key);
    const node = build(groupBase(existing, group, key, open), group, depth + 1, open);
    keys.set(key, keyAbove(existing, key, node));
    if (!spellings.has(foldKey(key))) spellings.set(foldKey(key), key);
  }
  const closed = sections.some(({ path }) => path.length === depth);
  return { kind: 'section', keys, spellings, open: closed ? false : base.open };
}

function groupBase(
  existing: SchemaKey | undefined,
  group: readonly PlacedSchema[],
  key: string,
  open: SectionNode['open'],
): SectionNode {
  if (existing === undefined) return { kind: 'section', keys: new Map(), spellings: new Map(), open };
  if (existing.node.kind === 'section') return existing.node;
  throw new ConfigError({
    code: 'ambiguous-key',
    message: `The section "${formatPath(group[0]?.path ?? [key])}" sits where another section has the field "${key}".`,
    recovery: 'Give one of the two sections another path.',
  });
}

function keyAbove(existing: SchemaKey | undefined, name: string, node: SectionNode): SchemaKey {
  const { aliases = [], envNames = [], secret = false, merge, tenant } = existing ?? {};
  const rest = { ...(merge !== undefined && { merge }), ...(tenant !== undefined && { tenant }) };
  return { name, aliases, envNames, secret, node, ...rest };
}

/**
 * A schema in which modules, and components of modules, may override every section: below `modules.<module>` and
 * `modules.<module>.components.<component>` everything is legal that is legal at the root.
 *
 * @throws ConfigError `reserved-key` when a section or field sits at `modules`.
 */
export function scopedSchema(root: SectionNode): SectionNode {
  if (isTaken(root, MODULES)) throw reserved();
  // Where a section is called `components`, modules override that, and have no components.
  const module = isTaken(root, COMPONENTS) ? root : withMap(root, COMPONENTS, root);
  return withMap(root, MODULES, module);
}

function isTaken(node: SectionNode, name: string): boolean {
  return node.keys.has(name) || node.spellings.has(foldKey(name));
}

function withMap(node: SectionNode, name: string, item: SchemaNode): SectionNode {
  const key: SchemaKey = { name, node: { kind: 'map', item }, aliases: [], envNames: [], secret: false };
  const keys = new Map(node.keys).set(name, key);
  const spellings = new Map(node.spellings).set(foldKey(name), name);
  return { ...node, keys, spellings };
}

function reserved(): ConfigError {
  return new ConfigError({
    code: 'reserved-key',
    message: `A section or field sits at "${MODULES}", where modules override settings.`,
    recovery: 'Give it another path.',
  });
}
