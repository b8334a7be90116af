import {
  type LeafNode,
  type SchemaKey,
  type SchemaNode,
  type SectionNode,
  foldKey,
  looksSecret,
  looksSecretNumber,
} from '../../core/index.js';
import { tenantAccess, type FieldDeclaration, type SectionClass } from '../../sections/index.js';
import {
  type FieldColumns,
  SIMPLE,
  type FieldKind,
  type FieldPlan,
  type Discriminator,
  type FieldType,
  type SectionType,
  describeType,
} from '../fields/index.js';

/** What the keys of a settings class are read from. */
export interface DeclaredFields extends FieldColumns {
  readonly target: SectionClass;
  readonly declarations: ReadonlyMap<string, FieldDeclaration>;
  /** The fields that columns alone do not describe; no other one leads to a nested class. */
  readonly complexFields: readonly FieldPlan[];
  columnOf(name: string): number | undefined;
  /** The plan of a field that has one: whatever of its type or keys is not in the columns and declarations is there. */
  planned(column: number): FieldPlan | undefined;
  /** The shape of a class that is nested in this one. */
  nodeOf(target: SectionClass): SectionNode & DeclaredFields;
}

/** True for a leaf whose type has no empty value. */
export function isUnsetWhenEmpty(node: SchemaNode | undefined): boolean {
  return node?.kind === 'leaf' && !KEEPS_EMPTY_TEXT.has(node.type);
}

/** Types for which an empty string is a value. */
const KEEPS_EMPTY_TEXT = new Set(['string', 'anything', 'secret string']);

/** The folded spellings of a field, each with its name. */
export function spellingsOf({ name, aliases }: Pick<FieldPlan, 'name' | 'aliases'>): readonly [string, string][] {
  return [name, ...aliases].map((spelling) => [foldKey(spelling), name]);
}

/**
 * The keys of a settings class by name: a view of its columns. A key is made on first use, because a service has thousands
 * of fields and a load looks up few of them by name.
 */
export class FieldKeys implements ReadonlyMap<string, SchemaKey> {
  readonly #fields: DeclaredFields;
  // Lists, maps and nested classes are asked for at every load, and their nodes must stay the same.
  #kept: (SchemaKey | undefined)[] | undefined;
  /** Of the fields without a declaration of their own; computed once. */
  #access: Access | undefined;

  public constructor(fields: DeclaredFields) {
    this.#fields = fields;
  }

  public get size(): number {
    return this.#fields.names.length;
  }

  public has(name: string): boolean {
    return this.#fields.columnOf(name) !== undefined;
  }

  public get(name: string): SchemaKey | undefined {
    const column = this.#fields.columnOf(name);
    return column === undefined ? undefined : this.#key(name, column);
  }

  /** The key of a column. */
  public at(column: number): SchemaKey | undefined {
    const name = this.#fields.names[column];
    return name === undefined ? undefined : this.#key(name, column);
  }

  public keys(): MapIterator<string> {
    return this.#fields.names.values();
  }

  public *values(): MapIterator<SchemaKey> {
    for (const [column, name] of this.#fields.names.entries()) yield this.#key(name, column);
  }

  public *entries(): MapIterator<[string, SchemaKey]> {
    for (const key of this.values()) yield [key.name, key];
  }

  public [Symbol.iterator](): MapIterator<[string, SchemaKey]> {
    return this.entries();
  }

  public forEach(visit: (key: SchemaKey, name: string, keys: ReadonlyMap<string, SchemaKey>) => void): void {
    for (const key of this.values()) visit(key, key.name, this);
  }

  #key(name: string, column: number): SchemaKey {
    const kept = this.#kept?.[column];
    if (kept !== undefined) return kept;
    const { names, kinds, declarations } = this.#fields;
    const field = this.#fields.planned(column);
    const access = this.#accessTo(declarations.get(name));
    if (field === undefined) return simpleKey(name, kinds[column], access, declarations.get(name));
    const key = complexKey(field, access, this.#fields);
    (this.#kept ??= names.map(() => undefined))[column] = key;
    return key;
  }

  #accessTo(declaration: FieldDeclaration | undefined): Access {
    if (declaration?.tenantScope !== undefined) return { tenant: declaration.tenantScope };
    if (this.#access === undefined) {
      const tenant = tenantAccess(this.#fields.target);
      this.#access = tenant === undefined ? NO_ACCESS : { tenant };
    }
    return this.#access;
  }
}

/** The tenant access of a key. */
type Access = Pick<SchemaKey, 'tenant'>;

const NO_ACCESS: Access = Object.freeze({});

/** A key of a field that its column alone describes. */
function simpleKey(
  name: string,
  kind: FieldKind | undefined,
  access: Access,
  declaration: FieldDeclaration = NO_DECLARATION,
): SchemaKey {
  const node = SIMPLE_NODES[kind?.code ?? SIMPLE.TEXT] ?? TEXT;
  const { merge, envNames = NO_NAMES, aliases = NO_NAMES } = declaration;
  const secret = node === TEXT ? looksSecret(name) : node.type !== 'boolean' && looksSecretNumber(name);
  return { name, aliases, secret, envNames, node, ...access, ...(merge !== undefined && { merge }) };
}

function complexKey(
  { name, type, aliases, secret, declaration }: FieldPlan,
  access: Access,
  fields: DeclaredFields,
): SchemaKey {
  const { merge, envNames = NO_NAMES } = declaration;
  const node = schemaNode(type, fields);
  return { name, aliases, secret, envNames, node, ...access, ...(merge !== undefined && { merge }) };
}

const NO_DECLARATION: FieldDeclaration = Object.freeze({});
const NO_NAMES: readonly string[] = Object.freeze([]);

/** The node of a field's type. */
function schemaNode(type: FieldType, fields: DeclaredFields): SchemaNode {
  switch (type.kind) {
    case 'section':
      return type.discriminator === undefined
        ? fields.nodeOf(type.target)
        : discriminatedSchema(type.target, type.discriminator, fields);
    case 'list':
      return { kind: type.orMap === true ? 'map' : 'list', item: schemaNode(type.item, fields) };
    case 'map':
      return { kind: 'map', item: schemaNode(type.item, fields) };
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

const TEXT = leafNode('string');

/** The nodes of the columns' codes. */
const SIMPLE_NODES: Readonly<Record<number, LeafNode>> = {
  [SIMPLE.TEXT]: TEXT,
  [SIMPLE.NUMBER]: leafNode('number'),
  [SIMPLE.INTEGER]: leafNode('integer'),
  [SIMPLE.BOOLEAN]: leafNode('boolean'),
};

/** All keys of all classes that the value may turn out to be. A class may hold itself, so they are collected when asked for. */
function discriminatedSchema(base: SectionClass, discriminator: Discriminator, fields: DeclaredFields): SectionNode {
  let all: Pick<SectionNode, 'keys' | 'spellings'> | undefined;
  const collected = (): Pick<SectionNode, 'keys' | 'spellings'> => (all ??= collectKeys(base, discriminator, fields));
  return {
    kind: 'section',
    open: false,
    get keys() {
      return collected().keys;
    },
    get spellings() {
      return collected().spellings;
    },
  };
}

function collectKeys(
  base: SectionClass,
  { property, subTypes }: Discriminator,
  fields: DeclaredFields,
): Pick<SectionNode, 'keys' | 'spellings'> {
  const keys = new Map<string, SchemaKey>();
  const spellings = new Map<string, string>();
  const targets = subTypes.length > 0 ? subTypes.map(({ value }) => value) : [base];
  for (const target of targets) {
    const schema = fields.nodeOf(target);
    for (const [name, key] of schema.keys) if (!keys.has(name)) keys.set(name, key);
    for (const [folded, name] of schema.spellings) if (!spellings.has(folded)) spellings.set(folded, name);
  }
  if (!keys.has(property)) {
    keys.set(property, { name: property, aliases: NO_NAMES, envNames: NO_NAMES, secret: false, node: TEXT });
    spellings.set(foldKey(property), property);
  }
  return { keys, spellings };
}

const ODD = /[^A-Za-z0-9_-]/;

/**
 * Whether no name here or below has odd characters, or is an exact one declared with `@EnvName`. It does not cover
 * alternative classes: each may be plain by itself, and together they may not be.
 */
export function arePlain(fields: DeclaredFields, seen = new Set<DeclaredFields>()): boolean {
  if (seen.has(fields)) return true;
  seen.add(fields);
  if (ODD.test(fields.names.join(''))) return false;
  for (const { envNames = NO_NAMES, aliases = NO_NAMES } of fields.declarations.values()) {
    if (envNames.length > 0 || ODD.test(aliases.join(''))) return false;
  }
  return fields.complexFields.every(({ type, aliases }) => {
    if (ODD.test(aliases.join(''))) return false;
    const nested = nestedType(type);
    if (nested === undefined) return true;
    return nested.discriminator === undefined && arePlain(fields.nodeOf(nested.target), seen);
  });
}

function nestedType(type: FieldType): SectionType | undefined {
  if (type.kind === 'list' || type.kind === 'map') return nestedType(type.item);
  return type.kind === 'section' ? type : undefined;
}
