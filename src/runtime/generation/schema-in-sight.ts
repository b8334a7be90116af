import type { ConfigPath, SchemaKey, SchemaNode, SectionNode } from '../../core/index.js';

/** What takes the place of an item that is out of sight. */
const NOTHING: SectionNode = Object.freeze({ kind: 'section', keys: new Map(), spellings: new Map(), open: false });

/**
 * The schema without what somebody may not know of: where it is asked about that, it answers as about what nobody has
 * declared. Of lists and maps the items are looked at that the asked path leads to, which are all that can be answered for.
 */
export function schemaInSight(
  schema: SectionNode,
  asked: ConfigPath,
  lists: (path: ConfigPath) => boolean,
): SectionNode {
  return sectionInSight(schema, [], asked, lists) ?? NOTHING;
}

function nodeInSight(
  node: SchemaNode,
  path: ConfigPath,
  asked: ConfigPath,
  lists: (path: ConfigPath) => boolean,
): SchemaNode | undefined {
  if (node.kind === 'section') return sectionInSight(node, path, asked, lists);
  if (!lists(path)) return undefined;
  const key = asked[path.length];
  if (node.kind === 'leaf' || key === undefined) return node;
  return { ...node, item: nodeInSight(node.item, [...path, key], asked, lists) ?? NOTHING };
}

/** Nothing where all that it has is out of sight. */
function sectionInSight(
  section: SectionNode,
  path: ConfigPath,
  asked: ConfigPath,
  lists: (path: ConfigPath) => boolean,
): SectionNode | undefined {
  const keys = new Map<string, SchemaKey>();
  for (const [key, known] of section.keys) {
    const node = nodeInSight(known.node, [...path, key], asked, lists);
    if (node !== undefined) keys.set(key, { ...known, node });
  }
  if (keys.size === 0 && section.keys.size > 0) return undefined;
  const spellings = new Map([...section.spellings].filter(([, key]) => keys.has(key)));
  return { ...section, keys, spellings };
}
