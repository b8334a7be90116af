import { type SchemaNode, type SectionNode, foldKey, foldKeys, mayHoldReferences } from '../../core/index.js';
import {
  ruleDeclarations,
  type FieldDeclaration,
  type RuleDeclaration,
  type SectionClass,
} from '../../sections/index.js';
import {
  readClass,
  unusableClass,
  type ClassFacts,
  readColumns,
  type FieldColumns,
  type FieldKind,
  SIMPLE,
  type SimpleCode,
  planComputed,
  planField,
  type FieldPlan,
  type StoredValidation,
  type ValidationGroups,
} from '../fields/index.js';
import { arePlain, FieldKeys, isUnsetWhenEmpty, spellingsOf, type DeclaredFields } from './field-keys.js';

/** The plans of one selection of validation groups. */
type PlansByClass = WeakMap<SectionClass, SectionPlan>;

const everything: PlansByClass = new WeakMap();
const selected = new Map<string, PlansByClass>();

/**
 * The plan of a settings class. Worked out at first use and kept.
 *
 * @throws ConfigError `field-without-type`, `unusable-section-class` when the class cannot be used as written.
 */
export function planOf(target: SectionClass, selection: ValidationGroups = ALL_GROUPS): SectionPlan {
  const plans = plansOf(selection);
  let plan = plans.get(target);
  if (plan === undefined) plans.set(target, (plan = new SectionPlan(readClass(target, selection))));
  return plan;
}

const ALL_GROUPS: ValidationGroups = Object.freeze({});

function plansOf({ groups = NO_GROUPS, always = false, strictGroups = false }: ValidationGroups): PlansByClass {
  if (groups.length === 0 && !always && !strictGroups) return everything;
  const key = JSON.stringify([groups, always, strictGroups]);
  let plans = selected.get(key);
  if (plans === undefined) selected.set(key, (plans = new WeakMap()));
  return plans;
}

const NO_GROUPS: readonly string[] = Object.freeze([]);

/**
 * All that is to know of a settings class: its shape, as sources and merges see it, and what binding needs. What every load
 * needs is worked out at once and kept small: a service has a thousand classes. The plans of simple fields are made when
 * one of them is looked at closely.
 */
export class SectionPlan implements SectionNode, DeclaredFields {
  public readonly kind = 'section';
  public readonly open = false;
  public readonly target: SectionClass;
  public readonly selection: ValidationGroups;
  public readonly names: readonly string[];
  public readonly kinds: readonly FieldKind[];
  public readonly rules: readonly RuleDeclaration[];
  /** Our own decorators' declarations, by field. */
  public readonly declarations: ReadonlyMap<string, FieldDeclaration>;
  /** True when a string of an initialiser may hold `${…}`. */
  public readonly hasTemplateDefaults: boolean;
  /** Properties that can be read only: never set, but checked. */
  public readonly computed: readonly FieldPlan[];
  /** The fields that took more than a look at their decorators. Only they may hold secrets, nested settings, or anything. */
  public readonly complexFields: readonly FieldPlan[];
  /** The names of the fields that may hold plain lists and maps, which are frozen all the way down. */
  public readonly openFields: readonly string[];
  /** The names of the fields whose nested settings the initialiser makes, which are filled rather than replaced. */
  public readonly filledFields: ReadonlySet<string>;
  /** Kept alive for V8's sake, see `modelOf`. */
  public readonly model: object | undefined;
  /** One for each column, where there is one yet. */
  #fields: readonly (FieldPlan | undefined)[] | undefined;
  #all: readonly FieldPlan[] | undefined;
  #nested: (SectionPlan | undefined)[] | undefined;
  #columnsByName: ReadonlyMap<string, number> | undefined;
  #keys: FieldKeys | undefined;
  #spellings: ReadonlyMap<string, string> | undefined;
  #plainNames: boolean | undefined;

  public constructor(facts: ClassFacts) {
    const { target, selection, declarations, instance } = facts;
    this.target = target;
    this.selection = selection;
    this.declarations = declarations.size === 0 ? NO_DECLARATIONS : declarations;
    const planned = fieldPlanner(facts);
    const complexFields: FieldPlan[] = [];
    const { names, kinds } = readColumns(facts, (name) => {
      const field = planned(name);
      if (field !== undefined) complexFields.push(field);
      return field;
    });
    this.names = names;
    this.kinds = kinds;
    if (names.length === 0) {
      throw unusableClass(target, 'It declares no field: decorate its properties, for example with @IsString().');
    }
    this.complexFields = complexFields.length === 0 ? NONE : complexFields;
    if (complexFields.length > 0) {
      let next = 0;
      // Both are in the order of the fields.
      this.#fields = names.map((name) => (complexFields[next]?.name === name ? complexFields[next++] : undefined));
    }
    // Mostly nothing is declared that could be an alias, and no two names are alike.
    const isPlain = declarations.size === 0 && complexFields.every(({ aliases }) => aliases.length === 0);
    if (!isPlain || new Set(foldKeys(names)).size < names.length) this.#refuseSharedSpellings();
    this.computed =
      facts.computed.length === 0
        ? NONE
        : facts.computed.map((name) =>
            planComputed(
              name,
              facts.validations.filter(({ propertyName }) => propertyName === name),
            ),
          );
    const rules = ruleDeclarations(target);
    this.rules = rules.length === 0 ? NONE : rules;
    const open = complexFields.filter(mayHoldPlain).map(({ name }) => name);
    this.openFields = open.length === 0 ? NONE : open;
    const filled = complexFields.filter(({ name, type }) => type.kind === 'section' && isHeld(instance, name));
    this.filledFields = filled.length === 0 ? NO_NAMES : new Set(filled.map(({ name }) => name));
    this.hasTemplateDefaults = holdsTemplate(instance);
    this.model = names.length > FEW_ADDED ? modelOf(instance, this) : undefined;
  }

  /** The fields, one for each column. */
  public get fields(): readonly FieldPlan[] {
    return (this.#all ??= this.#planAll());
  }

  /** The field of a column. */
  public field(column: number): FieldPlan {
    const field = this.planned(column) ?? this.fields[column];
    if (field === undefined) throw new RangeError(`${this.target.name} has no field in column ${String(column)}.`);
    return field;
  }

  /** The plan of a field that has been looked at closely. */
  public planned(column: number): FieldPlan | undefined {
    return this.#fields?.[column];
  }

  /** The plan of the class that is nested in a column; `undefined` for a column that holds none. */
  public nested(column: number): SectionPlan | undefined {
    return this.#nested?.[column] ?? this.#planNested(column);
  }

  /** The column of a name. */
  public columnOf(name: string): number | undefined {
    const { names } = this;
    if (names.length > FEW) return (this.#columnsByName ??= new Map(names.map((known, at) => [known, at]))).get(name);
    const column = names.indexOf(name);
    return column === -1 ? undefined : column;
  }

  public nodeOf(target: SectionClass): SectionPlan {
    return planOf(target, this.selection);
  }

  public get keys(): FieldKeys {
    return (this.#keys ??= new FieldKeys(this));
  }

  public get spellings(): ReadonlyMap<string, string> {
    return (this.#spellings ??= new Map(
      this.names.flatMap((name) => spellingsOf({ name, aliases: this.keys.get(name)?.aliases ?? [] })),
    ));
  }

  public get plainNames(): boolean {
    return (this.#plainNames ??= arePlain(this));
  }

  /** What lies in a column. */
  public node(column: number): SchemaNode | undefined {
    return this.nested(column) ?? this.keys.at(column)?.node;
  }

  /** True where the value is single. */
  public isLeaf(column: number): boolean {
    const code = this.kinds[column]?.code ?? SIMPLE.NO;
    if (code === SIMPLE.NO) return this.node(column)?.kind === 'leaf';
    return code !== SIMPLE.NESTED;
  }

  /** True where an empty string means "not set". */
  public emptyIsUnset(column: number): boolean {
    const code = this.kinds[column]?.code ?? SIMPLE.NO;
    if (code === SIMPLE.NO) return isUnsetWhenEmpty(this.node(column));
    return code !== SIMPLE.TEXT && code !== SIMPLE.MASKED && code !== SIMPLE.NESTED;
  }

  #planNested(column: number): SectionPlan | undefined {
    if (this.kinds[column]?.code !== SIMPLE.NESTED) return undefined;
    const { type } = this.field(column);
    // A class may hold itself, so that its nested plans are not made with its own.
    const plan = type.kind === 'section' ? planOf(type.target, this.selection) : undefined;
    (this.#nested ??= this.names.map(() => undefined))[column] = plan;
    return plan;
  }

  /** Decorators are read a second time: few classes need a closer look, and facts take more room than plans. */
  #planAll(): readonly FieldPlan[] {
    const planned = fieldPlanner(readClass(this.target, this.selection));
    const all = this.names.flatMap((name, column) => this.planned(column) ?? planned(name) ?? []);
    this.#fields = all;
    return all;
  }

  /** Two fields with a common spelling are a mistake that must be found before a source uses it. */
  #refuseSharedSpellings(): void {
    const claimed = new Map<string, string>();
    for (const [column, name] of this.names.entries()) {
      // A simple field has no plan yet, and no other keys but those that @Alias gave it.
      const aliases = this.planned(column)?.aliases ?? this.declarations.get(name)?.aliases;
      const spellings = aliases === undefined ? [[foldKey(name), name] as const] : spellingsOf({ name, aliases });
      for (const [folded] of spellings) {
        const other = claimed.get(folded);
        if (other !== undefined && other !== name) {
          throw unusableClass(this.target, `Its fields "${other}" and "${name}" would both be read from one key.`);
        }
        claimed.set(folded, name);
      }
    }
  }
}

const NONE: readonly never[] = Object.freeze([]);
const NO_NAMES: ReadonlySet<string> = new Set();
const NO_DECLARATIONS: ReadonlyMap<string, FieldDeclaration> = new Map();

/** So many names are looked through faster than a table of them is made, and most nested classes have no more. */
const FEW = 16;

/** Plans single fields of a class; `undefined` for one that is excluded from the settings. */
function fieldPlanner(facts: ClassFacts): (name: string) => FieldPlan | undefined {
  const { validations, evidence } = facts;
  let byProperty: ReadonlyMap<string, readonly StoredValidation[]> | undefined;
  let evidenceByProperty: ReadonlyMap<string, readonly StoredValidation[]> | undefined;
  return (name) => {
    byProperty ??= groupByProperty(validations);
    evidenceByProperty ??= validations === evidence ? byProperty : groupByProperty(evidence);
    return planField(facts, name, {
      applied: byProperty.get(name) ?? NONE,
      evidence: evidenceByProperty.get(name) ?? NONE,
    });
  };
}

/**
 * An instance with all fields. While it lives, V8 knows the way from the constructor's object to one like it, and need
 * not turn instances into slow dictionaries, as it does where a dozen fields are added one by one. Each field holds a
 * value of its type: V8 remembers from the first one that nothing else comes, and then reads a number without asking
 * whether it is one.
 */
function modelOf(instance: object, { names, kinds }: FieldColumns): object | undefined {
  // Plain loops: they run for every field of a service, before the engine has compiled them.
  let added = 0;
  for (const name of names) if (!Object.hasOwn(instance, name)) added++;
  if (added <= FEW_ADDED) return undefined;
  const property = { value: undefined as unknown, writable: true, enumerable: true, configurable: true };
  for (let column = 0; column < names.length; column++) {
    const name = names[column] ?? '';
    if (Object.hasOwn(instance, name)) continue;
    property.value = SAMPLES[kinds[column]?.code ?? SIMPLE.NO];
    Object.defineProperty(instance, name, property);
  }
  return instance;
}

const FEW_ADDED = 10;

/** A value of each type. */
const SAMPLES: Partial<Record<SimpleCode, unknown>> = {
  [SIMPLE.TEXT]: '',
  [SIMPLE.NUMBER]: 0,
  [SIMPLE.INTEGER]: 0,
  [SIMPLE.BOOLEAN]: false,
};

function groupByProperty(validations: readonly StoredValidation[]): ReadonlyMap<string, readonly StoredValidation[]> {
  const groups = new Map<string, StoredValidation[]>();
  for (const validation of validations) {
    const group = groups.get(validation.propertyName);
    if (group === undefined) groups.set(validation.propertyName, [validation]);
    else group.push(validation);
  }
  return groups;
}

function isHeld(instance: object, name: string): boolean {
  return Reflect.get(instance, name) !== undefined;
}

function mayHoldPlain({ type, transforms }: FieldPlan): boolean {
  return type.kind === 'list' || type.kind === 'map' || type.kind === 'anything' || transforms.length > 0;
}

function holdsTemplate(value: unknown): boolean {
  if (typeof value === 'string') return mayHoldReferences(value);
  return typeof value === 'object' && value !== null && Object.values(value).some(holdsTemplate);
}
