import type { SecretRule } from '../../core/index.js';
import type { SectionClass } from '../../sections/index.js';
import { legalValues, type EnumSource } from '../coerce/index.js';

/** The type that a field's raw values are coerced to. */
export type FieldType = SingleType | ListType | MapType | SectionType | SecretType;

/** A list; with `orMap` a map of such items is taken too, because what was declared (`each`) may mean either. */
export interface ListType {
  readonly kind: 'list';
  readonly item: FieldType;
  readonly orMap?: true;
}

/** An object whose keys are data; with `asMap` a `Map` is made of it. */
export interface MapType {
  readonly kind: 'map';
  readonly item: FieldType;
  readonly asMap?: true;
}

/** Types whose values are single, or without a declared structure (`anything`). */
export type ScalarKind = 'text' | 'number' | 'integer' | 'boolean' | 'bigint' | 'date' | 'url' | 'regexp' | 'anything';

/** An amount with a unit, and the range that `@IsDuration` or `@IsByteSize` gives it: milliseconds or bytes. */
export interface AmountType {
  readonly kind: 'duration' | 'byte-size';
  readonly minimum?: number;
  readonly maximum?: number;
}

/** A secret, and the type that it opens to. */
export interface SecretType {
  readonly kind: 'secret';
  readonly item: SingleType;
  readonly rule: SecretRule;
  /** True when decorators require a string, so that validators receive one even where the secret opens to bytes. */
  readonly checksText: boolean;
}

/** A type whose values are single. */
export type SingleType =
  { readonly kind: ScalarKind } | AmountType | { readonly kind: 'enum'; readonly legal: EnumSource };

/** A nested settings class, or one of several chosen by a key of the value. */
export interface SectionType {
  readonly kind: 'section';
  readonly target: SectionClass;
  readonly discriminator?: Discriminator;
}

/** class-transformer's discriminator: which class a value's own key selects. */
export interface Discriminator {
  readonly property: string;
  readonly subTypes: readonly { readonly name: string; readonly value: SectionClass }[];
}

/** The classes that a value of the type may be made from. */
export function classesOf({ target, discriminator }: SectionType): readonly SectionClass[] {
  return [target, ...(discriminator?.subTypes ?? []).map(({ value }) => value)];
}

/** The class that an instance in a field of the type was made from. */
export function classOf(type: SectionType, instance: unknown): SectionClass {
  const classes = classesOf(type);
  if (classes.length === 1 || typeof instance !== 'object' || instance === null) return type.target;
  return classes.find(({ prototype }) => Object.getPrototypeOf(instance) === prototype) ?? type.target;
}

/** The classes nested in a type, those of the items of lists and maps included. */
export function classesIn(type: FieldType): readonly SectionClass[] {
  if (type.kind === 'list' || type.kind === 'map') return classesIn(type.item);
  return type.kind === 'section' ? classesOf(type) : [];
}

/** The type's name in documentation. */
export function describeType(type: FieldType): string {
  switch (type.kind) {
    case 'list':
      return `list of ${describeType(type.item)}`;
    case 'map':
      return `map of ${describeType(type.item)}`;
    case 'section':
      return type.target.name;
    case 'secret':
      return `secret ${describeType(type.item)}`;
    case 'enum':
      return `one of ${legalValues(type.legal)
        .map(({ value }) => String(value))
        .join(', ')}`;
    case 'text':
      return 'string';
    default:
      return type.kind;
  }
}
