// The same without what replaces maps on old machines: half of its time at the start.
import 'reflect-metadata/lite';
import type { Environment, MergeStrategy, TenantAccess } from '../core/index.js';
import type { DeprecatedOptions } from './deprecation.js';
import type { SectionMigrations } from './section-migrations.js';
import type { SectionClass } from './section-class.js';
import type { SecureDeclaration } from './secure-declaration.js';

/** What `@ConfigSection` wrote on a class. */
export interface SectionDeclaration {
  /** Where the section's subtree sits, as dotted text. */
  readonly path: string;
  /** The schema version of the section's layers; 1 when not given. */
  readonly version: number;
  /** How documents of earlier versions are read. */
  readonly migrations?: SectionMigrations;
  readonly description?: string;
  /** What groups it with other sections. */
  readonly domain?: string;
}

/** The type of an item or value, as `@ListOf` and `@MapOf` take it. */
export type TypeReference = () => ItemType;

/** The type of the items of a list or map: a class, or `[class]` for a list of such items. */
export type ItemType = FieldTypeClass | readonly [ItemType];

/** The classes that name a field's type: the built-in value types, `Duration`, `ByteSize`, or a settings class. */
export interface FieldTypeClass {
  readonly name: string;
  readonly prototype: unknown;
}

/** A type that one of our own field decorators declares. */
export type DeclaredType =
  | { readonly kind: 'duration'; readonly each: boolean; readonly minimum?: number; readonly maximum?: number }
  | { readonly kind: 'byte-size'; readonly each: boolean; readonly minimum?: number; readonly maximum?: number }
  | { readonly kind: 'list'; readonly item: TypeReference }
  | { readonly kind: 'map'; readonly item: TypeReference };

/** What the field decorators wrote about one field. */
export interface FieldDeclaration {
  readonly type?: DeclaredType;
  readonly merge?: MergeStrategy;
  readonly aliases?: readonly string[];
  readonly envNames?: readonly string[];
  readonly description?: string;
  readonly examples?: readonly unknown[];
  readonly requiredIn?: readonly Environment[];
  /** True when the value must not change while the program runs. */
  readonly restartRequired?: boolean;
  /** From `@Deprecated`. */
  readonly deprecated?: DeprecatedOptions;
  /** From `@Secure`: the value is a secret. */
  readonly secure?: SecureDeclaration;
  /** Who may set it in a program with tenants. */
  readonly tenantScope?: TenantAccess;
}

/** What `@Rule` wrote: a method to call, or a rule class to make. */
export type RuleDeclaration =
  | { readonly kind: 'method'; readonly method: string; readonly message: string; readonly options: RuleOptions }
  | { readonly kind: 'class'; readonly rule: new () => object };

/** Where and about what a rule speaks. */
export interface RuleOptions {
  /** The fields the rule reads, as dotted paths below the section; their places are told when it fails. */
  readonly fields?: readonly string[];
  /** The environments in which the rule is checked; all when absent. */
  readonly in?: Environment | readonly Environment[];
  /** What to write instead. */
  readonly hint?: string;
}

const SECTION = Symbol.for('uno-config.section');
const FIELDS = Symbol.for('uno-config.fields');
const RULES = Symbol.for('uno-config.rules');
const TENANT = Symbol.for('uno-config.tenant-access');

/** What `@ConfigSection` said about this very class or, where it says nothing, its nearest ancestor. */
export function sectionDeclaration(target: SectionClass): SectionDeclaration | undefined {
  // Written by declareSection only, under a symbol of our own.
  return Reflect.getMetadata(SECTION, target) as SectionDeclaration | undefined;
}

export function declareSection(target: { readonly name: string }, declaration: SectionDeclaration): void {
  Reflect.defineMetadata(SECTION, Object.freeze(declaration), target);
  pathsByName.set(target.name, declaration.path);
}

/** Only for the words of errors that know a class by its name alone; decides nothing. */
const pathsByName = new Map<string, string>();

/** The path that a class of this name declares, if any does. */
export function sectionPathOfName(name: string): string | undefined {
  return pathsByName.get(name);
}

/** Who may set the fields of a class that say nothing themselves. */
export function tenantAccess(target: SectionClass): TenantAccess | undefined {
  // Written by declareTenantAccess only.
  return Reflect.getMetadata(TENANT, target) as TenantAccess | undefined;
}

export function declareTenantAccess(target: object, access: TenantAccess): void {
  Reflect.defineMetadata(TENANT, access, target);
}

/** All field declarations of a class, those of its ancestors included and overridden attribute by attribute. */
export function fieldDeclarations(target: SectionClass): ReadonlyMap<string, FieldDeclaration> {
  // A service has a thousand classes, and most of them have no decorator of ours.
  if (!Reflect.hasMetadata(FIELDS, target.prototype as object)) return NO_FIELDS;
  const merged = new Map<string, FieldDeclaration>();
  for (const prototype of prototypesFromBase(target)) {
    for (const [name, declaration] of ownFields(prototype) ?? []) {
      merged.set(name, { ...merged.get(name), ...declaration });
    }
  }
  return merged;
}

const NO_FIELDS: ReadonlyMap<string, FieldDeclaration> = new Map();
const NO_RULES: readonly RuleDeclaration[] = Object.freeze([]);

/** Adds to what is known of one field; attributes given again replace, lists of names grow. */
export function declareField(prototype: object, property: string | symbol, addition: FieldDeclaration): void {
  if (typeof property !== 'string') throw new TypeError(`A settings field needs a text name, not ${String(property)}.`);
  if (typeof prototype === 'function') {
    throw new TypeError(`A settings field belongs to the instance; ${prototype.name}.${property} is static.`);
  }
  let fields = ownFields(prototype);
  if (fields === undefined) {
    fields = new Map();
    Reflect.defineMetadata(FIELDS, fields, prototype);
  }
  const known = fields.get(property) ?? {};
  fields.set(property, {
    ...known,
    ...addition,
    ...((known.aliases ?? addition.aliases) && { aliases: [...(known.aliases ?? []), ...(addition.aliases ?? [])] }),
    ...((known.envNames ?? addition.envNames) && {
      envNames: [...(known.envNames ?? []), ...(addition.envNames ?? [])],
    }),
    ...((known.requiredIn ?? addition.requiredIn) && {
      requiredIn: [...(known.requiredIn ?? []), ...(addition.requiredIn ?? [])],
    }),
  });
}

/** All rules of a class, those of its ancestors first. A method overridden below keeps its rule once. */
export function ruleDeclarations(target: SectionClass): readonly RuleDeclaration[] {
  if (!Reflect.hasMetadata(RULES, target.prototype as object)) return NO_RULES;
  const rules = new Map<unknown, RuleDeclaration>();
  for (const prototype of prototypesFromBase(target)) {
    for (const rule of ownRules(prototype)) rules.set(rule.kind === 'method' ? rule.method : rule.rule, rule);
  }
  return [...rules.values()];
}

export function declareRule(prototype: object, rule: RuleDeclaration): void {
  Reflect.defineMetadata(RULES, [...ownRules(prototype), rule], prototype);
}

function ownFields(prototype: object): Map<string, FieldDeclaration> | undefined {
  // Written by declareField only.
  return Reflect.getOwnMetadata(FIELDS, prototype) as Map<string, FieldDeclaration> | undefined;
}

function ownRules(prototype: object): readonly RuleDeclaration[] {
  // Written by declareRule only.
  return (Reflect.getOwnMetadata(RULES, prototype) as readonly RuleDeclaration[] | undefined) ?? [];
}

function prototypesFromBase(target: SectionClass): object[] {
  const chain: object[] = [];
  let prototype = target.prototype as object | null;
  while (prototype !== null && prototype !== Object.prototype) {
    chain.unshift(prototype);
    prototype = Object.getPrototypeOf(prototype) as object | null;
  }
  return chain;
}
