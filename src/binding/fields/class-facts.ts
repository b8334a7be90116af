import { ConfigError } from '../../core/index.js';
import { fieldDeclarations, type FieldDeclaration, type SectionClass } from '../../sections/index.js';
import { excludesUnexposed, transformedProperties } from './transformer-metadata.js';
import {
  selectsAll,
  storedValidations,
  validatedProperties,
  type StoredValidation,
  type ValidationGroups,
} from './validation-metadata.js';

/** The decorators and initialisers of a settings class, as they were found. */
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
  const names = namesOf(target, instance, [...declarations.keys()], transformations);
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
    transformed: transformations.length === 0 ? NO_NAMES : transformedNames(target, names, transformations),
    names: readOnly === undefined ? names : names.filter((name) => !readOnly.has(name)),
    computed: readOnly === undefined ? [] : names.filter((name) => readOnly.has(name)),
  };
}

const NO_NAMES: ReadonlySet<string> = new Set();

/** All names where a class excludes unexposed properties: class-transformer has no metadata for those. */
function transformedNames(
  target: SectionClass,
  names: readonly string[],
  transformations: readonly (readonly string[])[],
): ReadonlySet<string> {
  return new Set(excludesUnexposed(target) ? names : transformations.flat());
}

function namesOf(
  target: SectionClass,
  instance: object,
  declared: readonly string[],
  transformations: readonly (readonly string[])[],
): readonly string[] {
  // Compilers differ in whether a field without an initialiser exists, so such fields give no order, and one that is not
  // decorated at all (`private cache?: string`) is no setting.
  const initialised: string[] = [];
  const typed: string[] = [];
  for (const name of Object.keys(instance)) {
    const value: unknown = Reflect.get(instance, name);
    if (typeof value === 'function') continue;
    if (value !== undefined) initialised.push(name);
    if (Reflect.hasMetadata('design:type', target.prototype as object, name)) typed.push(name);
  }
  return mergeOrders([validatedProperties(target), declared, ...transformations, initialised, typed]);
}

/** The names whose nearest declaration on the prototypes is a getter without a setter, if any. */
function readOnlyProperties(instance: object): ReadonlySet<string> | undefined {
  let readOnly: Set<string> | undefined;
  let seen: Set<string> | undefined;
  for (
    let owner: unknown = Object.getPrototypeOf(instance);
    typeof owner === 'object' && owner !== null && owner !== Object.prototype;
    owner = Object.getPrototypeOf(owner)
  ) {
    const names = Object.getOwnPropertyNames(owner);
    // Nearly every settings class has its constructor and nothing else.
    if (names.length === 1 && names[0] === 'constructor') continue;
    seen ??= new Set(Object.getOwnPropertyNames(instance));
    for (const name of names) {
      const property = seen.has(name) ? undefined : Object.getOwnPropertyDescriptor(owner, name);
      if (property?.get !== undefined && property.set === undefined) (readOnly ??= new Set()).add(name);
      seen.add(name);
    }
  }
  return readOnly;
}

/** The error for a class that cannot be a section as it is written. */
export function unusableClass(target: SectionClass, why: string, cause?: unknown): ConfigError {
  return new ConfigError({
    code: 'unusable-section-class',
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

/**
 * One order out of several partial ones, each of which keeps to the order of declaration. Of names that they leave open,
 * those of earlier lists come first; where lists contradict each other, one is followed.
 */
export function mergeOrders(orders: readonly (readonly string[])[]): readonly string[] {
  const [first = [], ...others] = orders;
  const known = new Set(first);
  // Mostly every field has a decorator of class-validator, and has them in one place.
  if (!others.every((order) => order.every((name) => known.has(name)))) return sorted(orders.map(distinct));
  return known.size === first.length ? first : [...known];
}

function distinct(names: readonly string[]): readonly string[] {
  return [...new Set(names)];
}

function sorted(lists: readonly (readonly string[])[]): readonly string[] {
  const before = predecessors(lists);
  const merged = new Set<string>();
  for (const name of before.keys()) {
    // Not by recursion: a list may be thousands of names long.
    const open = [name];
    const waiting = new Set(open);
    for (let top = open.at(-1); top !== undefined; top = open.at(-1)) {
      const earlier = merged.has(top) ? undefined : before.get(top)?.pop();
      if (earlier === undefined) {
        merged.add(top);
        open.pop();
      } else if (!waiting.has(earlier)) {
        waiting.add(earlier);
        open.push(earlier);
      }
    }
  }
  return [...merged];
}

/** What each name comes directly after, in one list or the other; the predecessor in the first list is last. */
function predecessors(lists: readonly (readonly string[])[]): ReadonlyMap<string, string[]> {
  const before = new Map<string, string[]>();
  for (const list of lists) {
    for (const [at, name] of list.entries()) {
      const known = before.get(name) ?? [];
      before.set(name, known);
      const previous = list[at - 1];
      if (previous !== undefined) known.unshift(previous);
    }
  }
  return before;
}
