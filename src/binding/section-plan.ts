import type { LeafNode, MergeStrategy, SchemaKey, SectionNode } from '../core/index.js';
import { ConfigError, foldKey, isForbiddenKey, looksSecret, mayHoldReferences } from '../core/index.js';
import type { FieldDeclaration, RuleDeclaration, SectionClass } from '../sections/index.js';
import { fieldDeclarations, ruleDeclarations } from '../sections/index.js';
import { compileChecks } from './compile-checks.js';
import type { FieldType } from './field-type.js';
import { describeType } from './field-type.js';
import type { FieldPlan } from './field-plan.js';
import { columnsOf, type FieldColumns } from './field-columns.js';
import { resolveFieldType } from './resolve-field-type.js';
import { storedTransformation, transformedProperties, type StoredTransformation } from './transformer-metadata.js';
import { storedValidations, type StoredValidation, type ValidationGroups } from './validation-metadata.js';

/** All that binding needs to know of a settings class, worked out once. */
export interface SectionPlan {
  readonly target: SectionClass;
  readonly fields: readonly FieldPlan[];
  readonly rules: readonly RuleDeclaration[];
  /** The fields whose type and range say all, in columns. */
  readonly columns: FieldColumns;
  /** True when a text that an initialiser gave may hold `${…}`. */
  readonly hasTemplateDefaults: boolean;
  /** The names of the fields that may hold plain lists and maps, which are frozen all the way down. */
  readonly open: readonly string[];
  /** The class's shape, as sources and merges see it. */
  readonly schema: SectionNode;
  readonly selection: ValidationGroups;
}

const plans = new WeakMap<SectionClass, Map<string, SectionPlan>>();

/**
 * The plan of a settings class: its fields, their types, checks and rules. Worked out at first use and kept.
 *
 * @throws ConfigError `field-without-type`, `ambiguous-key`, `no-settings` when the class cannot be used as written.
 */
export function planOf(target: SectionClass, selection: ValidationGroups = {}): SectionPlan {
  const key = JSON.stringify([selection.groups ?? [], selection.always ?? false, selection.strictGroups ?? false]);
  let known = plans.get(target);
  if (known === undefined) plans.set(target, (known = new Map<string, SectionPlan>()));
  let plan = known.get(key);
  if (plan === undefined) known.set(key, (plan = makePlan(target, selection)));
  return plan;
}

function makePlan(target: SectionClass, selection: ValidationGroups): SectionPlan {
  const initial = initialInstance(target);
  const declarations = fieldDeclarations(target);
  const validations = groupByProperty(storedValidations(target, selection));
  const names = new Set<string>();
  for (const [name, value] of Object.entries(initial)) if (typeof value !== 'function') names.add(name);
  for (const name of declarations.keys()) names.add(name);
  for (const name of validations.keys()) names.add(name);
  const transformed = new Set(transformedProperties(target));
  for (const name of transformed) names.add(name);

  const fields: FieldPlan[] = [];
  const exposedAs = new Map<string, string>();
  for (const name of names) {
    const transformation = transformed.has(name) ? storedTransformation(target, name) : UNTRANSFORMED;
    if (transformation.excluded) continue;
    if (isForbiddenKey(name)) throw unusable(target, `A field cannot be called "${name}".`);
    if (transformation.exposedAs !== undefined) exposedAs.set(name, transformation.exposedAs);
    const evidence = {
      declaration: declarations.get(name) ?? UNDECLARED,
      stored: validations.get(name) ?? UNVALIDATED,
      transformation,
    };
    fields.push(planField(target, name, initial, evidence));
  }
  if (fields.length === 0) {
    throw unusable(target, 'It declares no field: decorate its properties, for example with @IsString().');
  }
  return Object.freeze({
    target,
    fields: Object.freeze(fields),
    columns: columnsOf(fields),
    hasTemplateDefaults: holdsTemplate(initial),
    open: fields.filter(mayHoldPlain).map(({ name }) => name),
    rules: ruleDeclarations(target),
    schema: schemaOf(target, fields, exposedAs, selection),
    selection,
  });
}

// Shared by the many fields that have none, so that the plans of ten thousand fields stay small.
const UNDECLARED: FieldDeclaration = Object.freeze({});
const UNVALIDATED: readonly StoredValidation[] = Object.freeze([]);
const NO_NAMES: readonly string[] = Object.freeze([]);
const UNTRANSFORMED: StoredTransformation = { transforms: [], excluded: false };

interface FieldEvidence {
  readonly declaration: FieldDeclaration;
  readonly stored: readonly StoredValidation[];
  readonly transformation: StoredTransformation;
}

function planField(target: SectionClass, name: string, initial: object, evidence: FieldEvidence): FieldPlan {
  const value: unknown = Reflect.get(initial, name);
  const type = resolveFieldType(target, name, {
    declared: evidence.declaration.type,
    validations: evidence.stored,
    transformerType: evidence.transformation.type,
    designType: Reflect.getMetadata('design:type', target.prototype as object, name),
    initial: value,
  });
  return Object.freeze({
    name,
    type,
    declaration: evidence.declaration,
    transforms: evidence.transformation.transforms,
    hasDefault: value !== undefined,
    secret: holdsText(type) && looksSecret(name),
    ...compileChecks(evidence.stored),
  });
}

function initialInstance(target: SectionClass): object {
  try {
    return new target();
  } catch (cause) {
    throw unusable(target, 'Its constructor must work without arguments.', cause);
  }
}

function schemaOf(
  target: SectionClass,
  fields: readonly FieldPlan[],
  exposedAs: ReadonlyMap<string, string>,
  selection: ValidationGroups,
): SectionNode {
  const keys = new Map<string, SchemaKey>();
  const spellings = new Map<string, string>();
  for (const { name, type, declaration, secret } of fields) {
    const exposed = exposedAs.get(name);
    const aliases =
      exposed === undefined ? (declaration.aliases ?? NO_NAMES) : [exposed, ...(declaration.aliases ?? [])];
    const merge: MergeStrategy | undefined = declaration.merge;
    keys.set(
      name,
      lazyKey({ name, aliases, secret, merge, envNames: declaration.envNames ?? NO_NAMES }, type, selection),
    );
    for (const spelling of [name, ...aliases]) {
      const folded = foldKey(spelling);
      const claimed = spellings.get(folded);
      if (claimed !== undefined && claimed !== name) {
        throw unusable(target, `Its fields "${claimed}" and "${name}" would both be read from the key "${spelling}".`);
      }
      spellings.set(folded, name);
    }
  }
  return { kind: 'section', keys, spellings, open: false };
}

interface KeyFacts {
  readonly name: string;
  readonly aliases: readonly string[];
  readonly secret: boolean;
  readonly merge: MergeStrategy | undefined;
  readonly envNames: readonly string[];
}

/** The node is made when first asked for: a settings class may hold itself, in a list or a map. */
function lazyKey(facts: KeyFacts, type: FieldType, selection: ValidationGroups): SchemaKey {
  const { name, aliases, secret, merge, envNames } = facts;
  if (type.kind !== 'section' && type.kind !== 'list' && type.kind !== 'map') {
    const known = { name, aliases, secret, envNames, node: schemaNode(type, selection) };
    return merge === undefined ? known : { ...known, merge };
  }
  let node: SchemaKey['node'] | undefined;
  return {
    name,
    aliases,
    secret,
    envNames,
    ...(merge !== undefined && { merge }),
    get node() {
      return (node ??= schemaNode(type, selection));
    },
  };
}

function schemaNode(type: FieldType, selection: ValidationGroups): SchemaKey['node'] {
  switch (type.kind) {
    case 'section':
      return type.discriminator === undefined
        ? planOf(type.target, selection).schema
        : discriminatedSchema(type.target, type.discriminator, selection);
    case 'list':
      return { kind: 'list', item: schemaNode(type.item, selection) };
    case 'map':
      return { kind: 'map', item: schemaNode(type.item, selection) };
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
  discriminator: { readonly property: string; readonly subTypes: readonly { readonly value: SectionClass }[] },
  selection: ValidationGroups,
): SectionNode {
  const keys = new Map<string, SchemaKey>();
  const spellings = new Map<string, string>();
  for (const target of [base, ...discriminator.subTypes.map(({ value }) => value)]) {
    if (target === base && discriminator.subTypes.length > 0) continue;
    const { schema } = planOf(target, selection);
    for (const [name, key] of schema.keys) if (!keys.has(name)) keys.set(name, key);
    for (const [folded, name] of schema.spellings) if (!spellings.has(folded)) spellings.set(folded, name);
  }
  const { property } = discriminator;
  if (!keys.has(property)) {
    const node = { kind: 'leaf', type: 'text' } as const;
    keys.set(property, { name: property, aliases: [], envNames: [], secret: false, node });
    spellings.set(foldKey(property), property);
  }
  return { kind: 'section', keys, spellings, open: false };
}

function mayHoldPlain({ type, transforms }: FieldPlan): boolean {
  return type.kind === 'list' || type.kind === 'map' || type.kind === 'anything' || transforms.length > 0;
}

function holdsTemplate(value: unknown): boolean {
  if (typeof value === 'string') return mayHoldReferences(value);
  return typeof value === 'object' && value !== null && Object.values(value).some(holdsTemplate);
}

function holdsText(type: FieldType): boolean {
  if (type.kind === 'list' || type.kind === 'map') return holdsText(type.item);
  return type.kind === 'text' || type.kind === 'anything' || type.kind === 'url' || type.kind === 'section';
}

function groupByProperty(validations: readonly StoredValidation[]): ReadonlyMap<string, readonly StoredValidation[]> {
  const groups = new Map<string, StoredValidation[]>();
  for (const validation of validations) {
    const group = groups.get(validation.propertyName);
    if (group === undefined) groups.set(validation.propertyName, [validation]);
    else group.push(validation);
  }
  return groups;
}

function unusable(target: SectionClass, why: string, cause?: unknown): ConfigError {
  return new ConfigError({
    code: 'unusable-section-class',
    category: 'binding',
    message: `${target.name} cannot be used as a section. ${why}`,
    ...(cause !== undefined && { cause }),
  });
}
