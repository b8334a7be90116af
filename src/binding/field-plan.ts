import type { TransformFnParams } from 'class-transformer';
import { isForbiddenKey, looksSecret } from '../core/index.js';
import type { FieldDeclaration } from '../sections/index.js';
import { unusableClass, type ClassFacts } from './class-facts.js';
import { compileChecks, type PropertyChecks } from './compile-checks.js';
import type { FieldType } from './field-type.js';
import { resolveFieldType } from './resolve-field-type.js';
import { storedTransformation } from './transformer-metadata.js';
import type { StoredValidation } from './validation-metadata.js';

/** All that is known of one field of a settings class. */
export interface FieldPlan extends PropertyChecks {
  readonly name: string;
  readonly type: FieldType;
  readonly declaration: FieldDeclaration;
  /** Other legal keys, from `@Alias` and `@Expose`. */
  readonly aliases: readonly string[];
  readonly transforms: readonly ((parameters: TransformFnParams) => unknown)[];
  /** True when its name says that its value is a secret, and its type can hold one. */
  readonly secret: boolean;
}

/**
 * Works out a field from what decorators say of it; `undefined` when it is excluded from the settings.
 *
 * @throws ConfigError `field-without-type`, `unusable-section-class`.
 */
export function planField(
  facts: ClassFacts,
  name: string,
  validations: readonly StoredValidation[],
): FieldPlan | undefined {
  const { target, declarations, instance } = facts;
  const transformation = facts.transformed.has(name) ? storedTransformation(target, name) : undefined;
  if (transformation?.excluded === true) return undefined;
  if (isForbiddenKey(name)) throw unusableClass(target, `A field cannot be called "${name}".`);
  const declaration = declarations.get(name) ?? UNDECLARED;
  const exposed = transformation?.exposedAs;
  const type = resolveFieldType(target, name, {
    declared: declaration.type,
    validations,
    transformerType: transformation?.type,
    designType: () => Reflect.getMetadata('design:type', target.prototype as object, name) as unknown,
    initial: Reflect.get(instance, name) as unknown,
  });
  return {
    name,
    type,
    declaration,
    aliases: exposed === undefined ? (declaration.aliases ?? NONE) : [exposed, ...(declaration.aliases ?? NONE)],
    transforms: transformation?.transforms ?? NONE,
    secret: holdsText(type) && looksSecret(name),
    ...compileChecks(validations),
  };
}

const UNDECLARED: FieldDeclaration = Object.freeze({});
const NONE: readonly never[] = Object.freeze([]);

function holdsText(type: FieldType): boolean {
  if (type.kind === 'list' || type.kind === 'map') return holdsText(type.item);
  return type.kind === 'text' || type.kind === 'anything' || type.kind === 'url' || type.kind === 'section';
}
