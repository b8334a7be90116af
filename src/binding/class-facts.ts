import { ConfigError } from '../core/index.js';
import { fieldDeclarations, type FieldDeclaration, type SectionClass } from '../sections/index.js';
import { transformedProperties } from './transformer-metadata.js';
import { storedValidations, type StoredValidation, type ValidationGroups } from './validation-metadata.js';

/** What decorators and initialisers say of a settings class, as it was found. */
export interface ClassFacts {
  readonly target: SectionClass;
  readonly selection: ValidationGroups;
  /** An instance fresh from the constructor. */
  readonly instance: object;
  readonly declarations: ReadonlyMap<string, FieldDeclaration>;
  readonly validations: readonly StoredValidation[];
  /** The properties that class-transformer knows of. */
  readonly transformed: ReadonlySet<string>;
  /** All property names, initialised ones first. */
  readonly names: readonly string[];
}

/** @throws ConfigError `unusable-section-class` when the constructor wants arguments. */
export function readClass(target: SectionClass, selection: ValidationGroups): ClassFacts {
  const instance = makeInstance(target);
  const declarations = fieldDeclarations(target);
  const validations = storedValidations(target, selection);
  const transformed = new Set(transformedProperties(target));
  const names = new Set<string>();
  for (const [name, value] of Object.entries(instance)) if (typeof value !== 'function') names.add(name);
  for (const name of declarations.keys()) names.add(name);
  for (const { propertyName } of validations) names.add(propertyName);
  for (const name of transformed) names.add(name);
  return { target, selection, instance, declarations, validations, transformed, names: [...names] };
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
