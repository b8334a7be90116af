import { option, type OptionKinds, readOptions } from '../core/index.js';
import { isDay } from './flag-day.js';
import type { FlagValue, Widened } from './flag-value.js';

/**
 * What a flag is for. `release`: finished code that is not open to all yet; `experiment`: variants that are compared. Both
 * are to be removed. `ops`: a switch for those who run the service; `permission`: who may do something. Both may stay.
 */
export type FlagKind = 'release' | 'experiment' | 'ops' | 'permission';

/** What {@link Flag} takes. */
export interface FlagOptions<T extends FlagValue = FlagValue> {
  /** The key of its definition: letters, digits, and `.` `_` `-` `/` `:`. */
  readonly key: string;
  /** The value where no definition decides, and what type the flag has. */
  readonly default: T;
  /** Default: `release`. */
  readonly kind?: FlagKind;
  /** Who answers for it: a team, a person. */
  readonly owner?: string;
  /** The last day on which the code may still ask for it, as `2027-03-31`. */
  readonly expires?: string;
  /** One sentence for people. */
  readonly description?: string;
}

export interface FlagDeclaration {
  readonly key: string;
  readonly default: FlagValue;
  readonly kind: FlagKind;
  readonly owner: string | undefined;
  /** The day as it was given. */
  readonly expires: string | undefined;
  readonly description: string | undefined;
  readonly property: string;
  readonly className: string;
}

/** What a property with such a default is declared as; which object is for the program to say. */
type DeclaredAs<T extends FlagValue> = T extends boolean | string | number ? Widened<T> : object;

/** A class with properties that have {@link Flag}. */
export type FlagClass<T extends object = object> = abstract new (...given: never[]) => T;

const OPTIONS = {
  key: option.required(option.name),
  default: option.required(
    option.kind('a boolean, a string, a number, an object or a list', (value) =>
      ['boolean', 'string', 'number', 'object'].includes(value === null ? 'null' : typeof value),
    ),
  ),
  kind: option.or(option.oneOf('release', 'experiment', 'ops', 'permission'), 'release'),
  owner: option.name,
  expires: option.kind('a day, such as 2027-03-31', isDay),
  description: option.name,
} satisfies OptionKinds<FlagOptions>;

const KEY = /^[A-Za-z0-9][\w./:-]{0,199}$/;

const declared = new Map<object, FlagDeclaration[]>();

/**
 * Declares a flag as a property of a class: its key, its type and default, and when it is to be gone. The class is never
 * made with `new`: `@InjectFlags(Class)` injects an object whose properties are evaluated whenever they are read.
 * Subpath: `uno-config/flags`.
 *
 * @throws TypeError naming the option, or a key that the class declares twice.
 *
 * @example
 * ```ts
 * class CheckoutFlags {
 *   @Flag({ key: 'new-checkout', default: false, owner: 'team-checkout', expires: '2027-03-31' })
 *   readonly newCheckout!: boolean;
 * }
 * ```
 */
export function Flag<T extends FlagValue>(
  options: FlagOptions<T>,
): <K extends string>(prototype: Readonly<Record<K, DeclaredAs<T>>>, property: K) => void {
  const { key, kind, owner, expires, description, ...rest } = readOptions('@Flag', options, OPTIONS);
  if (!KEY.test(key)) {
    throw new TypeError(`@Flag: key must begin with a letter or digit, and have letters, digits and . _ - / : only.`);
  }
  return (prototype, property) => {
    const className = prototype.constructor.name;
    const flags = declared.get(prototype) ?? [];
    if (flags.some((flag) => flag.key === key)) {
      throw new TypeError(`@Flag: ${className} declares the key "${key}" twice.`);
    }
    // The table of kinds has seen to it.
    const fallback = deepFrozen(rest.default) as FlagValue;
    flags.push(Object.freeze({ key, default: fallback, kind, owner, expires, description, property, className }));
    declared.set(prototype, flags);
  };
}

/**
 * The flags that a class declares, those of the classes that it extends first.
 *
 * @throws TypeError for a class without any.
 */
export function declarationsOf(target: FlagClass, where: string): readonly FlagDeclaration[] {
  // A caller without types, or a circular import, may give something else.
  let prototype = (target as FlagClass | undefined)?.prototype as object | null | undefined;
  const flags: FlagDeclaration[] = [];
  for (; prototype !== undefined && prototype !== null; prototype = Object.getPrototypeOf(prototype) as object | null) {
    flags.unshift(...(declared.get(prototype) ?? []));
  }
  if (flags.length > 0) return flags;
  const name = typeof target === 'function' ? ` ${target.name} has no property with @Flag({ key, default }).` : '';
  throw new TypeError(
    `${where}: name a class with flags.${name} One that is declared later in the file or imported in a circle is not there yet.`,
  );
}

export function allDeclarations(): readonly FlagDeclaration[] {
  return [...declared.values()].flat();
}

/** A frozen copy: the default is the program's own object. */
function deepFrozen(value: unknown): unknown {
  if (Array.isArray(value)) return Object.freeze(value.map(deepFrozen));
  if (typeof value !== 'object' || value === null) return value;
  return Object.freeze(Object.fromEntries(Object.entries(value).map(([key, below]) => [key, deepFrozen(below)])));
}
