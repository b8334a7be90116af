import {
  type SchemaKey,
  type SchemaNode,
  type SectionNode,
  COMPONENTS,
  ConfigError,
  foldKey,
  MODULES,
} from '../../core/index.js';

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
    category: 'binding',
    message: `A section or field sits at "${MODULES}", where modules override settings.`,
    recovery: 'Give it another path.',
  });
}
