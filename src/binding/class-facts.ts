import { ConfigError } from '../core/index.js';
import { fieldDeclarations, type FieldDeclaration, type SectionClass } from '../sections/index.js';
import { mergeOrders } from './field-order.js';
import { excludesUnexposed, transformedProperties } from './transformer-metadata.js';
import {
  selectsAll,
  storedValidations,
  validatedProperties,
  type StoredValidation,
  type ValidationGroups,
} from './validation-metadata.js';

/** What decorators and initialisers say of a settings class, as it was found. */
export interface ClassFacts {
  readonly target: SectionClass;
  readonly selection: ValidationGroups;
  /** An instance fresh from the constructor. */
  readonly instance: object;
  /** A second one, made when asked for: what both hold, all instances share. */
  readonly twin: () => object;
  readonly declarations: ReadonlyMap<string, FieldDeclaration>;
  /** The decorators that apply under the groups of {@link selection}. */
  readonly validations: readonly StoredValidation[];
  /** Those of all groups: what type a field has does not depend on the groups. The same list where all apply. */
  readonly evidence: readonly StoredValidation[];
  /** The properties that class-transformer knows of. */
  readonly transformed: ReadonlySet<string>;
  /** The names of all fields, in the order of declaration as far as it is known; the same for every compiler. */
  readonly names: readonly string[];
  /** The names of properties that can be read only, which are checked and never set. */
  readonly computed: readonly string[];
}

/** @throws ConfigError `unusable-section-class` when the constructor wants arguments. */
export function readClass(target: SectionClass, selection: ValidationGroups): ClassFacts {
  const instance = makeInstance(target);
  const declarations = fieldDeclarations(target);
  const evidence = storedValidations(target, {});
  const validations = selectsAll(selection) ? evidence : storedValidations(target, selection);
  const transformations = transformedProperties(target);
  const transformed = new Set(transformations.flat());
  const held = Object.entries(instance).filter(([, value]) => typeof value !== 'function');
  const names = mergeOrders([
    validatedProperties(target),
    [...declarations.keys()],
    ...transformations,
    // Compilers differ in whether a field without an initialiser is there, so such fields say nothing about order.
    held.flatMap(([name, value]) => (value === undefined ? [] : [name])),
    held.map(([name]) => name),
  ]);
  // Then what class-transformer says of a property is that it knows nothing of it.
  if (excludesUnexposed(target)) for (const name of names) transformed.add(name);
  const readOnly = readOnlyProperties(instance);
  let second: object | undefined;
  return {
    target,
    selection,
    instance,
    twin: () => (second ??= makeInstance(target)),
    declarations,
    validations,
    evidence,
    transformed,
    names: readOnly.size === 0 ? names : names.filter((name) => !readOnly.has(name)),
    computed: names.filter((name) => readOnly.has(name)),
  };
}

/** The names whose nearest declaration on the prototypes is a getter without a setter. */
function readOnlyProperties(instance: object): ReadonlySet<string> {
  const seen = new Set(Object.getOwnPropertyNames(instance));
  const readOnly = new Set<string>();
  for (
    let owner: unknown = Object.getPrototypeOf(instance);
    typeof owner === 'object' && owner !== null && owner !== Object.prototype;
    owner = Object.getPrototypeOf(owner)
  ) {
    for (const name of Object.getOwnPropertyNames(owner)) {
      const property = seen.has(name) ? undefined : Object.getOwnPropertyDescriptor(owner, name);
      if (property?.get !== undefined && property.set === undefined) readOnly.add(name);
      seen.add(name);
    }
  }
  return readOnly;
}

/** The error for a class that cannot be a section as it is written. */
export function unusableClass(target: SectionClass, why: string, cause?: unknown): ConfigError {
  return new ConfigError({
    code: 'unusable-section-class',
    category: 'binding',
    message: `${target.name} cannot be used as a section. ${why}`,
    ...(cause !== undefined && { cause }),
  });
}

function makeInstance(target: SectionClass): object {
  try {
    return new target();
  } catch (cause) {
    throw unusableClass(target, 'Its constructor must work without arguments.', cause);
  }
}
