import {
  isConfigMap,
  isForbiddenKey,
  looksSecret,
  looksSecretNumber,
  valueAt,
  type SecretRule,
} from '../../core/index.js';
import type { FieldDeclaration } from '../../sections/index.js';
import { unusableClass, type ClassFacts } from './class-facts.js';
import { compileChecks, type PropertyChecks } from './compile-checks.js';
import type { FieldType } from './field-type.js';
import { resolveFieldType, type TypeEvidence } from './resolve-field-type.js';
import { secretFieldType } from './secret-type.js';
import { storedTransformation, type Transform } from './transformer-metadata.js';
import type { StoredValidation } from './validation-metadata.js';

/** All that is known of one field of a settings class. */
export interface FieldPlan extends PropertyChecks {
  readonly name: string;
  readonly type: FieldType;
  readonly declaration: FieldDeclaration;
  /** Other legal keys, from `@Alias` and `@Expose`. */
  readonly aliases: readonly string[];
  readonly transforms: readonly Transform[];
  /** True when its value must not be shown: it is declared so, or its name suggests it and its type can hold a secret. */
  readonly secret: boolean;
  /** True with `@Secure`: each single value of it is a `SecureValue`. */
  readonly isSecure: boolean;
  /** The rule of a secret string that is hidden unchanged: masked, and required only to be a string. */
  readonly masks: SecretRule | undefined;
  /** True when instances of the class share the initialiser's value, or it is frozen: it must be copied to be filled. */
  readonly copiesDefault: boolean;
}

/** The decorators of one field, as in `ClassFacts`. */
export interface FieldValidations {
  readonly applied: readonly StoredValidation[];
  readonly evidence: readonly StoredValidation[];
}

/**
 * Plans a field from its decorators; `undefined` when it is excluded from the settings.
 *
 * @throws ConfigError `field-without-type`, `unusable-section-class`.
 */
export function planField(
  facts: ClassFacts,
  name: string,
  { applied, evidence }: FieldValidations,
): FieldPlan | undefined {
  const { target, declarations, instance } = facts;
  const transformation = facts.transformed.has(name) ? storedTransformation(target, name) : undefined;
  if (transformation?.excluded === true) return undefined;
  if (isForbiddenKey(name)) throw unusableClass(target, `A field cannot be called "${name}".`);
  const declaration = declarations.get(name) ?? UNDECLARED;
  const exposed = transformation?.exposedAs;
  const initial: unknown = Reflect.get(instance, name);
  const { secure } = declaration;
  const known: TypeEvidence = {
    declared: declaration.type,
    validations: evidence,
    transformerType: transformation?.type,
    designType: () => Reflect.getMetadata('design:type', target.prototype as object, name) as unknown,
    initial,
  };
  const type =
    secure === undefined ? resolveFieldType(target, name, known) : secretFieldType(target, name, known, secure);
  const checks = compileChecks(applied);
  return {
    name,
    type,
    declaration,
    aliases: exposed === undefined ? (declaration.aliases ?? NONE) : [exposed, ...(declaration.aliases ?? NONE)],
    transforms: transformation?.transforms ?? NONE,
    secret: secure !== undefined || isNamedSecret(type, name),
    isSecure: secure !== undefined,
    masks: transformation === undefined ? maskOf(type, checks) : undefined,
    copiesDefault: holdsSection(type) && isShared(initial, () => Reflect.get(facts.twin(), name) as unknown),
    ...checks,
    ...(secure?.optional === true && { conditions: [isThere, ...checks.conditions] }),
    // A field whose decorators are all in other groups has no checks, not even for being present.
    optional: checks.optional || secure?.optional === true || (applied.length === 0 && evidence.length > 0),
  };
}

/** The checks of a property that can be read only. */
export function planComputed(name: string, applied: readonly StoredValidation[]): FieldPlan {
  return {
    name,
    type: { kind: 'anything' },
    declaration: UNDECLARED,
    aliases: NONE,
    transforms: NONE,
    secret: looksSecret(name),
    isSecure: false,
    masks: undefined,
    copiesDefault: false,
    ...compileChecks(applied),
  };
}

function maskOf(type: FieldType, { simple, checks, conditions }: PropertyChecks): SecretRule | undefined {
  if (type.kind !== 'secret' || type.rule.level !== 'mask' || type.rule.form !== 'text') return undefined;
  const asksNothing = conditions.length === 0 && (checks.length === 0 || simple?.type === 'text');
  return asksNothing ? type.rule : undefined;
}

/** What `@IsOptional` asks before anything else. */
function isThere(_: object, value: unknown): boolean {
  return value !== undefined && value !== null;
}

function holdsSection(type: FieldType): boolean {
  return type.kind === 'section' || ((type.kind === 'list' || type.kind === 'map') && holdsSection(type.item));
}

function isShared(value: unknown, twin: () => unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (Object.isFrozen(value)) return true;
  const other = twin();
  if (value === other) return true;
  if (!Array.isArray(value) && !isConfigMap(value)) return false;
  return Object.entries(value).some(([key, item]) => isShared(item, () => valueAt(other, [key])));
}

const UNDECLARED: FieldDeclaration = Object.freeze({});
const NONE: readonly never[] = Object.freeze([]);

function isNamedSecret(type: FieldType, name: string): boolean {
  switch (type.kind) {
    case 'list':
    case 'map':
      return isNamedSecret(type.item, name);
    case 'text':
    case 'anything':
    case 'url':
    case 'section':
      return looksSecret(name);
    case 'number':
    case 'integer':
      return looksSecretNumber(name);
    default:
      return false;
  }
}
