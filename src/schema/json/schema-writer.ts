import { type SectionPlan, type SectionType, classesOf, planOf } from '../../binding/index.js';
import { foldKey } from '../../core/index.js';
import { type SectionClass, sectionDeclaration } from '../../sections/index.js';
import { type SettingsPlace, versionNotes } from '../fields/index.js';
import { classKeys, type FieldReferences } from './field-schemas.js';
import { ForeignKeys } from './foreign-keys.js';
import type { JsonSchema } from './schema-data.js';
import { type ObjectKeys, objectSchema, pointer, withKey } from './object-schema.js';
import { type TextForm, textForm } from './text-forms.js';

export interface Strictness {
  /** True where all required settings must be there. */
  readonly complete: boolean;
  /** True where undeclared keys are refused. */
  readonly closed: boolean;
  /** Paths whose subtrees belong to other programs. */
  readonly foreign: readonly string[];
}

/** Writes one schema: each class once, below `$defs`. */
export class SchemaWriter {
  readonly #tree: SettingsPlace;
  readonly #complete: boolean;
  readonly #closed: boolean;
  readonly #foreign: ForeignKeys;
  readonly #definitions = new Map<string, JsonSchema>();
  readonly #names = new Map<string, unknown[]>();
  readonly #references: FieldReferences = {
    form: (form) => this.#form(form),
    section: (type, plan) => this.#section(type, plan),
  };

  public constructor(tree: SettingsPlace, { complete, closed, foreign }: Strictness) {
    this.#tree = tree;
    this.#complete = complete;
    this.#foreign = new ForeignKeys(foreign, tree);
    this.#closed = closed && this.#foreign.said;
  }

  public definitions(): JsonSchema {
    return Object.fromEntries([...this.#definitions].sort(([one], [other]) => (one < other ? -1 : 1)));
  }

  /** @param open true where undeclared keys at the root belong to other programs */
  public root(open: boolean): JsonSchema {
    const own = this.#placeKeys(this.#tree);
    const taken = new Set(own.keys.flatMap(({ key, aliases }) => [key, ...aliases].map(foldKey)));
    const tools = [
      { key: '$schema', schema: { type: 'string' } },
      { key: '$import', schema: this.#define('text.imports', IMPORTS, () => IMPORTS) },
      { key: '$params', schema: this.#define('text.parameters', PARAMETERS, () => PARAMETERS) },
      { key: '$cohorts', schema: { type: 'object' } },
    ];
    const { properties, ...schema } = objectSchema(this.#withModules(own, taken), {
      at: '#',
      closed: this.#closed && !open,
    });
    const settings = properties as JsonSchema; // What objectSchema writes there.
    return { ...schema, properties: { ...settings, ...Object.fromEntries(tools.map((one) => [one.key, one.schema])) } };
  }

  /** What modules, and components of modules, may override: everything that is at the root. */
  #withModules(own: ObjectKeys, taken: ReadonlySet<string>): ObjectKeys {
    if (taken.has('modules')) return own;
    // All of it is written down at the root already.
    const keys = own.keys.map((key) => ({ ...key, schema: { $ref: `#/properties/${pointer(key.key)}` } }));
    const sparse: ObjectKeys = { ...own, keys, required: [] };
    const mapOf = (name: string, inside: ObjectKeys): JsonSchema => ({
      type: 'object',
      additionalProperties: this.#define(name, name, (at) => this.#object(inside, at)),
    });
    const module = taken.has('components')
      ? sparse
      : withKey(sparse, { key: 'components', aliases: [], schema: mapOf('at.component', sparse) });
    return withKey(own, { key: 'modules', aliases: [], schema: mapOf('at.module', module) });
  }

  /** The keys at a place: those of the section that sits there, and those that lead to sections further down. */
  #placeKeys(place: SettingsPlace): ObjectKeys {
    const others = this.#foreign.in(place.path);
    const start: ObjectKeys = place.section === undefined ? NO_KEYS : this.#keysOf(place.section.plan);
    let keys: ObjectKeys = { ...start, others };
    for (const [key, below] of place.below) {
      // A field may be there as well, whose class the section below adds to.
      const field = keys.keys.find((one) => one.key === key);
      const inner = this.#placeKeys(below);
      const whole = field?.plan === undefined ? inner : added(this.#keysOf(field.plan), inner);
      const schema = this.#place(below, whole, whole !== inner);
      keys = withKey(keys, { key, aliases: field?.aliases ?? [], schema }, this.#complete && whole.required.length > 0);
    }
    return keys;
  }

  /** @param shared true where the class of a field adds to those keys */
  #place(place: SettingsPlace, keys: ObjectKeys, shared: boolean): JsonSchema {
    const { section } = place;
    // What is in no class alone gets a schema of its own.
    const isPlain = !shared && place.below.size === 0 && keys.others.length === 0;
    const object =
      isPlain && section !== undefined
        ? this.#reference(section.plan)
        : this.#define(`at.${place.path.join('.')}`, place, (at) => this.#object(keys, at));
    const description = section === undefined ? undefined : sectionDeclaration(section.entry.target)?.description;
    return { ...(description !== undefined && { description }), anyOf: [object, this.#form('map')] };
  }

  #section(type: SectionType, plan: SectionPlan): readonly JsonSchema[] {
    const { discriminator } = type;
    if (discriminator === undefined || discriminator.subTypes.length === 0) {
      return [this.#reference(planOf(type.target, plan.selection)), this.#form('map')];
    }
    const others = classesOf(type).slice(1);
    const variants = discriminator.subTypes.map(({ name, value }) =>
      this.#reference(planOf(value, plan.selection), { of: type, property: discriminator.property, name, others }),
    );
    return [...variants, this.#form('map')];
  }

  /** A class, or as one of several that a key chooses. */
  #reference(plan: SectionPlan, variant?: Variant): JsonSchema {
    const name = variant === undefined ? plan.target.name : `${plan.target.name}.${variant.name}`;
    return this.#define(name, variant?.of ?? plan, (at) => {
      const own = this.#keysOf(plan);
      const keys = variant === undefined ? own : this.#ofVariant(own, plan, variant);
      return { title: plan.target.name, ...this.#object(keys, at) };
    });
  }

  /** One of several classes: its own fields are checked, and those of the others are passed over by the loader. */
  #ofVariant(own: ObjectKeys, plan: SectionPlan, { property, name, others }: Variant): ObjectKeys {
    const chosen = { anyOf: [{ const: name }, this.#form('reference')] };
    const aliases = own.keys.find(({ key }) => key === property)?.aliases ?? [];
    const keys = withKey(own, { key: property, aliases, schema: chosen }, this.#complete);
    const passedOver = others.flatMap((other) => this.#keysOf(planOf(other, plan.selection)).keys);
    return passedOver.reduce(
      (all, { key, aliases: more }) =>
        all.keys.some((one) => foldKey(one.key) === foldKey(key))
          ? all
          : withKey(all, { key, aliases: more, schema: {} }),
      keys,
    );
  }

  #keysOf(plan: SectionPlan): ObjectKeys {
    const keys = classKeys(plan, this.#complete, this.#references);
    const { version = 1 } = sectionDeclaration(plan.target) ?? {};
    return version === 1 ? keys : { ...keys, version: { newest: version, notes: versionNotes(plan.target) } };
  }

  #object(keys: ObjectKeys, at: string): JsonSchema {
    return objectSchema(keys, { at, closed: this.#closed, inherits: this.#form('any') });
  }

  #form(form: TextForm): JsonSchema {
    return this.#define(`text.${form}`, form, () => textForm(form));
  }

  /** A reference to what is written down at the first one; of things with one name, the later ones are numbered. */
  #define(usual: string, what: unknown, write: (at: string) => JsonSchema): JsonSchema {
    const name = usual.replace(/[^\w.-]/g, '_');
    const same = this.#names.get(name) ?? [];
    this.#names.set(name, same);
    const known = same.indexOf(what);
    const number = known === -1 ? same.push(what) : known + 1;
    const numbered = number === 1 ? name : `${name}_${String(number)}`;
    const at = `#/$defs/${numbered}`;
    if (known === -1) {
      // Its place first: a class may hold itself.
      this.#definitions.set(numbered, {});
      this.#definitions.set(numbered, write(at));
    }
    return { $ref: at };
  }
}

interface Variant {
  readonly of: SectionType;
  readonly property: string;
  readonly name: string;
  readonly others: readonly SectionClass[];
}

const NO_KEYS: ObjectKeys = Object.freeze({ keys: [], required: [], others: [] });

const SCALARS: JsonSchema = { anyOf: [{ type: 'string' }, { type: 'number' }, { type: 'boolean' }] };

const IMPORT: JsonSchema = {
  anyOf: [
    { type: 'string', minLength: 1 },
    {
      type: 'object',
      properties: {
        file: { type: 'string', minLength: 1 },
        params: { type: 'object', additionalProperties: SCALARS },
      },
      required: ['file'],
      additionalProperties: false,
    },
  ],
};

const IMPORTS: JsonSchema = { anyOf: [IMPORT, { type: 'array', items: IMPORT }] };

const TYPE: JsonSchema = { enum: ['string', 'integer', 'number', 'boolean'] };

const PARAMETERS: JsonSchema = {
  type: 'object',
  maxProperties: 100,
  propertyNames: { pattern: '^[A-Za-z][\\w-]*$' },
  additionalProperties: {
    anyOf: [
      TYPE,
      {
        type: 'object',
        properties: {
          type: TYPE,
          default: SCALARS,
          choices: { type: 'array', items: SCALARS, minItems: 1 },
          min: { type: 'number' },
          max: { type: 'number' },
          description: { type: 'string' },
        },
        required: ['type'],
        additionalProperties: false,
      },
    ],
  },
};

/** The keys of a class, and those of a section below it. */
function added(own: ObjectKeys, below: ObjectKeys): ObjectKeys {
  return below.keys.reduce((all, key) => withKey(all, key, below.required.includes(key.key)), {
    ...own,
    others: below.others,
  });
}
