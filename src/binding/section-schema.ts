import type { LeafNode, SchemaKey, SchemaNode, SectionNode } from '../core/index.js';
import { foldKey } from '../core/index.js';
import type { FieldPlan } from './field-plan.js';
import type { Discriminator, FieldType } from './field-type.js';
import { describeType } from './field-type.js';
import type { SectionClass } from '../sections/index.js';

/** Where the schema of a nested class comes from. */
export type SchemaOfClass = (target: SectionClass) => SectionNode;

/**
 * The shape of a class as sources and merges see it. Its tables are made when somebody looks up a key that is not
 * spelled as declared; a class may hold itself, so the nodes below are made when asked for, too.
 */
export function sectionSchema(fields: () => readonly FieldPlan[], schemaOfClass: SchemaOfClass): SectionNode {
  let keys: ReadonlyMap<string, SchemaKey> | undefined;
  let spellings: ReadonlyMap<string, string> | undefined;
  return {
    kind: 'section',
    open: false,
    get keys() {
      return (keys ??= new Map(fields().map((field) => [field.name, schemaKey(field, schemaOfClass)])));
    },
    get spellings() {
      return (spellings ??= new Map(fields().flatMap(spellingsOf)));
    },
  };
}

/** The folded spellings of a field, each with its name. */
export function spellingsOf({ name, aliases }: Pick<FieldPlan, 'name' | 'aliases'>): readonly [string, string][] {
  return [name, ...aliases].map((spelling) => [foldKey(spelling), name]);
}

function schemaKey({ name, type, aliases, secret, declaration }: FieldPlan, schemaOfClass: SchemaOfClass): SchemaKey {
  const { merge, envNames = NO_NAMES } = declaration;
  let node: SchemaNode | undefined;
  return {
    name,
    aliases,
    secret,
    envNames,
    ...(merge !== undefined && { merge }),
    get node() {
      return (node ??= schemaNode(type, schemaOfClass));
    },
  };
}

const NO_NAMES: readonly string[] = Object.freeze([]);

/** The node of a field's type. */
function schemaNode(type: FieldType, schemaOfClass: SchemaOfClass): SchemaNode {
  switch (type.kind) {
    case 'section':
      return type.discriminator === undefined
        ? schemaOfClass(type.target)
        : discriminatedSchema(type.target, type.discriminator, schemaOfClass);
    case 'list':
      return { kind: 'list', item: schemaNode(type.item, schemaOfClass) };
    case 'map':
      return { kind: 'map', item: schemaNode(type.item, schemaOfClass) };
    case 'secret':
      return { kind: 'leaf', type: describeType(type), secret: type.rule };
    default:
      return leafNode(describeType(type));
  }
}

const leafNodes = new Map<string, LeafNode>();

/** One node for all leaves of a type: schemas of ten thousand fields stay small. */
function leafNode(type: string): LeafNode {
  let node = leafNodes.get(type);
  if (node === undefined) leafNodes.set(type, (node = { kind: 'leaf', type }));
  return node;
}

/** All keys of all classes that the value may turn out to be. */
function discriminatedSchema(
  base: SectionClass,
  { property, subTypes }: Discriminator,
  schemaOfClass: SchemaOfClass,
): SectionNode {
  const keys = new Map<string, SchemaKey>();
  const spellings = new Map<string, string>();
  const targets = subTypes.length > 0 ? subTypes.map(({ value }) => value) : [base];
  for (const target of targets) {
    const schema = schemaOfClass(target);
    for (const [name, key] of schema.keys) if (!keys.has(name)) keys.set(name, key);
    for (const [folded, name] of schema.spellings) if (!spellings.has(folded)) spellings.set(folded, name);
  }
  if (!keys.has(property)) {
    keys.set(property, {
      name: property,
      aliases: NO_NAMES,
      envNames: NO_NAMES,
      secret: false,
      node: leafNode('text'),
    });
    spellings.set(foldKey(property), property);
  }
  return { kind: 'section', keys, spellings, open: false };
}
