import { getMetadataStorage, type ValidationOptions } from 'class-validator';
import type { SectionClass } from '../../sections/index.js';

/** Which of class-validator's groups apply; as in its own `ValidatorOptions`. */
export interface ValidationGroups {
  /** Groups whose decorators apply; all decorators when absent or empty. */
  readonly groups?: readonly string[];
  /** Whether decorators without a group apply when groups are given; default false. */
  readonly always?: boolean;
  /** Whether decorators with a group are left out when no groups are given; default false. */
  readonly strictGroups?: boolean;
}

/** One decorator on one property, as class-validator stores it. */
export interface StoredValidation {
  readonly type: string;
  readonly name?: string;
  readonly target: unknown;
  readonly propertyName: string;
  readonly constraintCls: (() => void) & { readonly prototype: object };
  readonly constraints?: unknown[];
  /** The service's own words, or what makes them. */
  readonly message?: unknown;
  readonly groups?: readonly string[];
  readonly always?: boolean;
  /** Decorators without options leave it undefined. */
  readonly each?: boolean;
  readonly validateIf?: ValidationOptions['validateIf'];
}

/**
 * The decorators of a class and its ancestors that apply under the given groups, in class-validator's own selection.
 * Its storage is read directly: asking it for one class costs time in proportion to all classes there are.
 */
export function storedValidations(target: SectionClass, selection: ValidationGroups): readonly StoredValidation[] {
  const byTarget = storedByTarget();
  const own = selected(byTarget.get(target), selection);
  const inherited: StoredValidation[] = [];
  for (let ancestor = parentOf(target); ancestor !== undefined; ancestor = parentOf(ancestor)) {
    inherited.push(...selected(byTarget.get(ancestor), selection));
  }
  if (inherited.length === 0) return own;
  // A decorator of the class hides inherited ones of the same type on the same property, as in class-validator.
  const hidden = (validation: StoredValidation): boolean =>
    own.some((other) => other.propertyName === validation.propertyName && other.type === validation.type);
  return [...own, ...inherited.filter((validation) => !hidden(validation))];
}

/** The properties that class-validator's decorators name, in the order of declaration, those of ancestors first. */
export function validatedProperties(target: SectionClass): readonly string[] {
  return namedBy(target, storedByTarget());
}

function namedBy(owner: unknown, byTarget: ReadonlyMap<unknown, readonly StoredValidation[]>): string[] {
  const parent = parentOf(owner);
  const names = parent === undefined ? [] : namedBy(parent, byTarget);
  let last: string | undefined;
  byTarget.get(owner)?.forEach(({ propertyName }) => {
    // Each name once for the decorators that follow each other.
    if (propertyName !== last) names.push((last = propertyName));
  });
  return names;
}

/** class-validator's own list, where all of it applies: lists of ten thousand decorators are not kept twice. */
function selected(stored: readonly StoredValidation[] = [], selection: ValidationGroups): readonly StoredValidation[] {
  return selectsAll(selection) || stored.every((validation) => applies(validation, selection))
    ? stored
    : stored.filter((validation) => applies(validation, selection));
}

function storedByTarget(): ReadonlyMap<unknown, readonly StoredValidation[]> {
  // A private field, but the only place where one class's decorators can be found without a search through all of them.
  // Present in every release since 0.12; the shape is checked here and by the tests that compare verdicts.
  const { validationMetadatas } = getMetadataStorage() as unknown as { validationMetadatas: unknown };
  if (!(validationMetadatas instanceof Map)) {
    throw new TypeError('This version of class-validator keeps its decorators where uno-config cannot find them.');
  }
  return validationMetadatas as ReadonlyMap<unknown, readonly StoredValidation[]>;
}

/** True when decorators apply whatever their groups. */
export function selectsAll({ groups = [], strictGroups = false }: ValidationGroups): boolean {
  return groups.length === 0 && !strictGroups;
}

function applies({ always, groups: own = [] }: StoredValidation, selection: ValidationGroups): boolean {
  const { groups: wanted = [] } = selection;
  if (always ?? (own.length > 0 ? false : (selection.always ?? false))) return true;
  if (selection.strictGroups === true && wanted.length === 0 && own.length > 0) return false;
  return wanted.length === 0 || own.some((group) => wanted.includes(group));
}

function parentOf(target: unknown): unknown {
  const parent: unknown = typeof target === 'function' ? Object.getPrototypeOf(target) : undefined;
  return typeof parent === 'function' && parent !== Function.prototype ? parent : undefined;
}
