import type { SectionNode } from '../core/index.js';
import { foldKey, foldKeys, mayHoldReferences } from '../core/index.js';
import { ruleDeclarations, type FieldDeclaration, type RuleDeclaration, type SectionClass } from '../sections/index.js';
import { readClass, unusableClass, type ClassFacts } from './class-facts.js';
import { readColumns, SIMPLE, type FieldColumns } from './field-columns.js';
import { planComputed, planField, type FieldPlan } from './field-plan.js';
import { ClassSchema, spellingsOf, type DeclaredFields } from './section-schema.js';
import type { StoredValidation, ValidationGroups } from './validation-metadata.js';

const plans = new WeakMap<SectionClass, Map<string, SectionPlan>>();

/**
 * The plan of a settings class. Worked out at first use and kept.
 *
 * @throws ConfigError `field-without-type`, `unusable-section-class` when the class cannot be used as written.
 */
export function planOf(target: SectionClass, selection: ValidationGroups = ALL_GROUPS): SectionPlan {
  const { groups = [], always = false, strictGroups = false } = selection;
  const key = groups.length === 0 && !always && !strictGroups ? '' : JSON.stringify([groups, always, strictGroups]);
  let known = plans.get(target);
  if (known === undefined) plans.set(target, (known = new Map<string, SectionPlan>()));
  let plan = known.get(key);
  if (plan === undefined) known.set(key, (plan = new SectionPlan(readClass(target, selection))));
  return plan;
}

const ALL_GROUPS: ValidationGroups = Object.freeze({});

/**
 * All that binding needs to know of a settings class. What every load needs is worked out at once and kept small; the
 * plans of simple fields are made when one of them is looked at closely.
 */
export class SectionPlan implements DeclaredFields {
  public readonly target: SectionClass;
  public readonly selection: ValidationGroups;
  public readonly columns: FieldColumns;
  public readonly rules: readonly RuleDeclaration[];
  /** The class's shape, as sources and merges see it. */
  public readonly schema: SectionNode;
  /** What our own decorators say of the fields. */
  public readonly declarations: ReadonlyMap<string, FieldDeclaration>;
  /** True when a text that an initialiser gave may hold `${…}`. */
  public readonly hasTemplateDefaults: boolean;
  /** Properties that can be read only: never set, but checked. */
  public readonly computed: readonly FieldPlan[];
  /** The fields that took more than a look at their decorators. Only they may hold secrets, nested settings, or anything. */
  public readonly complexFields: readonly FieldPlan[];
  /** The names of the fields that may hold plain lists and maps, which are frozen all the way down. */
  public readonly openFields: readonly string[];
  readonly #facts: ClassFacts;
  readonly #fields = new Map<string, FieldPlan>();
  #applied: ReadonlyMap<string, readonly StoredValidation[]> | undefined;
  #evidence: ReadonlyMap<string, readonly StoredValidation[]> | undefined;
  #all: readonly FieldPlan[] | undefined;
  #columnsByName: ReadonlyMap<string, number> | undefined;

  public constructor(facts: ClassFacts) {
    this.#facts = facts;
    this.target = facts.target;
    this.selection = facts.selection;
    this.columns = readColumns(facts, (name) => this.#plan(name));
    const { names } = this.columns;
    if (names.length === 0) {
      throw unusableClass(facts.target, 'It declares no field: decorate its properties, for example with @IsString().');
    }
    this.#refuseSharedSpellings();
    this.computed = facts.computed.map((name) =>
      planComputed(
        name,
        facts.validations.filter(({ propertyName }) => propertyName === name),
      ),
    );
    this.rules = ruleDeclarations(facts.target);
    this.complexFields = [...this.#fields.values()];
    this.openFields = this.complexFields.filter(mayHoldPlain).map(({ name }) => name);
    this.hasTemplateDefaults = holdsTemplate(facts.instance);
    this.#keepFast();
    this.declarations = facts.declarations;
    this.schema = new ClassSchema(this);
  }

  /** The fields, one for each column. */
  public get fields(): readonly FieldPlan[] {
    return (this.#all ??= this.columns.names.map((_, column) => this.field(column)));
  }

  /** The field of a column. */
  public field(column: number): FieldPlan {
    const name = this.columns.names[column] ?? '';
    const field = this.#fields.get(name) ?? this.#plan(name);
    if (field === undefined) throw new RangeError(`${this.target.name} has no field in column ${String(column)}.`);
    return field;
  }

  /** The plan of a field that has been looked at closely. */
  public planned(name: string): FieldPlan | undefined {
    return this.#fields.get(name);
  }

  /** The column of a name. */
  public columnOf(name: string): number | undefined {
    const { names } = this.columns;
    if (names.length > FEW) return (this.#columnsByName ??= new Map(names.map((known, at) => [known, at]))).get(name);
    const column = names.indexOf(name);
    return column === -1 ? undefined : column;
  }

  /** The schema of a class nested in this one. */
  public schemaOf(target: SectionClass): SectionNode {
    return planOf(target, this.selection).schema;
  }

  #plan(name: string): FieldPlan | undefined {
    const { validations, evidence } = this.#facts;
    this.#applied ??= groupByProperty(validations);
    this.#evidence ??= validations === evidence ? this.#applied : groupByProperty(evidence);
    const field = planField(this.#facts, name, {
      applied: this.#applied.get(name) ?? [],
      evidence: this.#evidence.get(name) ?? [],
    });
    if (field !== undefined) this.#fields.set(name, field);
    return field;
  }

  /**
   * An instance with all fields, which stays. While it lives, V8 knows the way from the constructor's object to one like
   * it, and need not turn instances into slow dictionaries. Each field holds a value of its type: V8 remembers from the
   * first one that nothing else comes, and then reads a number without asking whether it is one.
   */
  #keepFast(): void {
    const model = this.#facts.twin();
    const { names, codes } = this.columns;
    const property = { value: undefined as unknown, writable: true, enumerable: true, configurable: true };
    const held = new Set(Object.getOwnPropertyNames(model));
    for (let column = 0; column < names.length; column++) {
      const name = names[column] ?? '';
      if (held.has(name)) continue;
      property.value = SAMPLES[codes[column] ?? SIMPLE.NO];
      Object.defineProperty(model, name, property);
    }
  }

  /** Two fields that one key could mean are a mistake that must not wait until somebody writes that key. */
  #refuseSharedSpellings(): void {
    const { names } = this.columns;
    // Mostly nothing is declared that could be an alias, and no two names are alike.
    const plain = this.#fields.size === 0 && this.#facts.declarations.size === 0;
    if (plain && new Set(foldKeys(names)).size === names.length) return;
    const claimed = new Map<string, string>();
    for (const name of names) {
      // A simple field has no plan yet, and no other keys but those that @Alias gave it.
      const aliases = this.#fields.get(name)?.aliases ?? this.#facts.declarations.get(name)?.aliases;
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

/** So many names are looked through faster than a table of them is made, and most nested classes have no more. */
const FEW = 16;

/** A value of each type, by its code in the columns. */
const SAMPLES: Readonly<Record<number, unknown>> = {
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

function mayHoldPlain({ type, transforms }: FieldPlan): boolean {
  return type.kind === 'list' || type.kind === 'map' || type.kind === 'anything' || transforms.length > 0;
}

function holdsTemplate(value: unknown): boolean {
  if (typeof value === 'string') return mayHoldReferences(value);
  return typeof value === 'object' && value !== null && Object.values(value).some(holdsTemplate);
}
