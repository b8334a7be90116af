import { ConfigError, isConfigMap, SecureValue } from '../../core/index.js';
import { type DeclaredType, type SectionClass, ByteSize, Duration } from '../../sections/index.js';
import type { EnumSource } from '../coerce/index.js';
import type { FieldType, ScalarKind } from './field-type.js';
import { tellsSecret } from './tells-secret.js';
import type { StoredType } from './transformer-metadata.js';
import type { StoredValidation } from './validation-metadata.js';

/** All that is known of a field's type, strongest first. */
export interface TypeEvidence {
  /** From our own decorators. */
  readonly declared: DeclaredType | undefined;
  /** From class-validator. */
  readonly validations: readonly StoredValidation[];
  /** From class-transformer's `@Type`. */
  readonly transformerType: StoredType | undefined;
  /** From the compiler; differs between compilers, so it comes late. */
  readonly designType: () => unknown;
  /** The value that the initialiser gave. */
  readonly initial: unknown;
}

/**
 * The type of a field. A declaration comes before a guess: our own decorators, a union of `@IsIn`, class-validator's
 * decorators, `@Type`, `@Allow`; then the initial value's type, and the compiler's last, because compilers differ in it.
 *
 * @throws ConfigError `field-without-type`, whose hint has the fix.
 */
export function resolveFieldType(owner: SectionClass, field: string, evidence: TypeEvidence): FieldType {
  // Before all other decorators: `@MinLength(4) pin!: SecureValue<string>` is no plain string.
  if (tellsSecret(owner, field, evidence.initial)) throw notSecure(owner, field);
  const type = findFieldType(evidence);
  if (type !== undefined) return type;
  const list = evidence.designType() === Array || Array.isArray(evidence.initial);
  throw new ConfigError({
    code: 'field-without-type',
    message: `${owner.name}.${field} has no usable type.`,
    recovery: list
      ? `Say what its items are: @ListOf(() => String), @IsString({ each: true }) or @ListOf(() => SomeSettings).`
      : `Say what it is: @IsString(), @IsInt(), @IsBoolean(), @IsEnum(…), @IsDuration(), @MapOf(() => String), or @ValidateNested() @Type(() => SomeSettings) for nested settings.`,
  });
}

/** The type from the strongest evidence; `undefined` when there is none. */
export function findFieldType(evidence: TypeEvidence): FieldType | undefined {
  return (
    declaredType(evidence) ??
    unionType(evidence) ??
    validatedType(evidence) ??
    transformerType(evidence) ??
    allowedType(evidence) ??
    initialType(evidence.initial) ??
    classType(evidence.designType()) ??
    openType(evidence)
  );
}

function notSecure(owner: SectionClass, field: string): ConfigError {
  return new ConfigError({
    code: 'field-without-type',
    message: `${owner.name}.${field} is a SecureValue, but is not declared as a secret.`,
    recovery: 'Put @Secure() on it. Without, its value would be printed as plain text.',
  });
}

/** The type that a class names, as in `@ListOf(() => Class)` and in the compiler's metadata. */
function classType(named: unknown): FieldType | undefined {
  const scalar = SCALAR_CLASSES.get(named);
  if (scalar !== undefined) return { kind: scalar };
  if (named === Duration) return { kind: 'duration' };
  if (named === ByteSize) return { kind: 'byte-size' };
  if (typeof named !== 'function' || NO_SECTION.has(named)) return undefined;
  // A class that is none of the known value types is a settings class; the plan made from it checks that it is usable.
  return { kind: 'section', target: named as SectionClass };
}

const SCALAR_CLASSES = new Map<unknown, ScalarKind>([
  [String, 'text'],
  [Number, 'number'],
  [Boolean, 'boolean'],
  [BigInt, 'bigint'],
  [Date, 'date'],
  [URL, 'url'],
  [RegExp, 'regexp'],
]);

const NO_SECTION = new Set<unknown>([
  Object,
  Array,
  Map,
  Set,
  WeakMap,
  WeakSet,
  Function,
  Promise,
  Symbol,
  Buffer,
  SecureValue,
]);

function declaredType({ declared, transformerType: stored }: TypeEvidence): FieldType | undefined {
  if (declared === undefined) return undefined;
  switch (declared.kind) {
    case 'duration':
    case 'byte-size': {
      const { each, ...amount } = declared;
      return each ? { kind: 'list', item: amount } : amount;
    }
    case 'list':
    case 'map':
      return { kind: declared.kind, item: itemType(declared.item(), stored) };
  }
}

/** @param stored `@Type` beside it, whose discriminator selects the class of an item */
function itemType(named: unknown, stored: StoredType | undefined): FieldType {
  if (Array.isArray(named) && named.length === 1) return { kind: 'list', item: itemType(named[0], stored) };
  const type = classType(named);
  if (type !== undefined) return discriminated(type, stored);
  throw new TypeError(
    'A list or map needs the class of its items, such as () => String or () => SomeSettings. ' +
      'If the class is declared later in the file or imported in a circle, it is not there yet.',
  );
}

function discriminated(type: FieldType, stored: StoredType | undefined): FieldType {
  const discriminator = stored?.discriminator;
  return type.kind === 'section' && discriminator !== undefined ? { ...type, discriminator } : type;
}

/** `@IsIn(['auto', 100, 200])`: one of several values, whose types differ. */
function unionType({ validations }: TypeEvidence): FieldType | undefined {
  for (const { name, constraints, each } of validations) {
    const legal: unknown = name === 'isIn' ? constraints?.[0] : undefined;
    if (!Array.isArray(legal)) continue;
    const values: readonly unknown[] = legal.filter(isThere);
    if (new Set(values.map((value) => typeof value)).size < 2 || !values.every(isScalar)) continue;
    return each === true ? { kind: 'list', item: { kind: 'enum', legal: values } } : { kind: 'enum', legal: values };
  }
  return undefined;
}

function isThere(value: unknown): boolean {
  return value !== null && value !== undefined;
}

function isScalar(value: unknown): boolean {
  return ['string', 'number', 'boolean', 'bigint'].includes(typeof value);
}

function validatedType({
  validations,
  transformerType: stored,
  designType,
  initial,
}: TypeEvidence): FieldType | undefined {
  const nested = validations.some(({ type }) => type === 'nestedValidation');
  if (nested && stored === undefined) return nestedWithoutType(validations, designType(), initial);
  if (nested) return undefined;
  const itemKind = kindOf(validations, true);
  if (itemKind !== undefined) return { kind: 'list', item: itemKind };
  const kind = kindOf(validations, false);
  if (kind !== undefined) return kind;
  return undefined;
}

function nestedWithoutType(
  validations: readonly StoredValidation[],
  designType: unknown,
  initial: unknown,
): FieldType | undefined {
  if (validations.some(({ type, each }) => type === 'nestedValidation' && each === true)) return undefined;
  const candidate = classType(designType) ?? (isInstance(initial) ? classType(initial.constructor) : undefined);
  return candidate?.kind === 'section' ? candidate : undefined;
}

function transformerType(evidence: TypeEvidence): FieldType | undefined {
  const { transformerType: stored, validations, initial } = evidence;
  if (stored === undefined) return undefined;
  const single = singleStored(stored);
  if (single === undefined) return undefined;
  const many =
    validations.some(({ name = '', each }) => each === true || LIST_VALIDATORS.has(name)) ||
    [Array, Map].some((container) => container === stored.reflected) ||
    Array.isArray(initial) ||
    initial instanceof Map;
  return many ? containerOf(single, stored, evidence) : single;
}

/** What holds several: class-validator's and class-transformer's decorators are the same for a list, an object and a Map. */
function containerOf(item: FieldType, { reflected }: StoredType, { validations, initial }: TypeEvidence): FieldType {
  if (initial instanceof Map || reflected === Map) return { kind: 'map', item, asMap: true };
  const ofLists =
    validations.some(({ name = '', each }) => each === true && LIST_VALIDATORS.has(name)) ||
    (Array.isArray(initial) && initial.length > 0 && initial.every(Array.isArray));
  if (ofLists) return { kind: 'list', item: { kind: 'list', item } };
  if (isListFor(validations) || Array.isArray(initial) || reflected === Array) return { kind: 'list', item };
  if (isConfigMap(initial) || validations.some(({ name = '' }) => OPEN_VALIDATORS.has(name)))
    return { kind: 'map', item };
  return { kind: 'list', item, orMap: true };
}

function isListFor(validations: readonly StoredValidation[]): boolean {
  return validations.some(({ name = '', each }) => each !== true && LIST_VALIDATORS.has(name));
}

function singleStored(stored: StoredType): FieldType | undefined {
  const type = classType(stored.resolve());
  return type && discriminated(type, stored);
}

/** `@Allow()` alone: any value. */
function allowedType({ validations }: TypeEvidence): FieldType | undefined {
  return validations.some(({ type }) => type === 'whitelistValidation') ? { kind: 'anything' } : undefined;
}

function initialType(initial: unknown): FieldType | undefined {
  switch (typeof initial) {
    case 'string':
      return { kind: 'text' };
    case 'number':
      return { kind: 'number' };
    case 'boolean':
      return { kind: 'boolean' };
    case 'bigint':
      return { kind: 'bigint' };
    default:
      return isInstance(initial) ? classType(initial.constructor) : undefined;
  }
}

/** `@IsObject()` leaves the structure open. */
function openType({ validations }: TypeEvidence): FieldType | undefined {
  const open = validations.some(({ name = '' }) => OPEN_VALIDATORS.has(name));
  return open ? { kind: 'anything' } : undefined;
}

function isInstance(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !isConfigMap(value);
}

function kindOf(validations: readonly StoredValidation[], ofItems: boolean): FieldType | undefined {
  let weak: FieldType | undefined;
  for (const { name = '', constraints = [], each } of validations) {
    if ((each === true) !== ofItems) continue;
    if (name === 'isEnum') return { kind: 'enum', legal: legalOf(constraints[0]) };
    if (name === 'isInstance') {
      const type = classType(constraints[0]);
      if (type !== undefined) return type;
    }
    const strong = STRONG_KINDS.get(name);
    if (strong !== undefined) return { kind: strong };
    const hinted = TEXT_VALIDATORS.has(name) ? 'text' : WEAK_KINDS.get(name);
    if (hinted !== undefined) weak ??= { kind: hinted };
    if (name === 'isIn' || name === 'equals') weak ??= commonType(name === 'isIn' ? constraints[0] : [constraints[0]]);
  }
  return weak;
}

function legalOf(legal: unknown): EnumSource {
  if (Array.isArray(legal)) return legal as readonly unknown[];
  // class-validator's @IsEnum takes nothing but an object of members or a list.
  return (legal ?? {}) as Readonly<Record<string, unknown>>;
}

/** `@IsIn(['a', 'b'])` means string, `@IsIn([1, 2])` number; a mixture means nothing. */
function commonType(values: unknown): FieldType | undefined {
  if (!Array.isArray(values)) return undefined;
  const known: readonly unknown[] = values.filter(isThere);
  return known.every((value) => typeof value === typeof known[0]) ? initialType(known[0]) : undefined;
}

const STRONG_KINDS = new Map<string, ScalarKind>([
  ['isInt', 'integer'],
  ['isNumber', 'number'],
  ['isBoolean', 'boolean'],
  ['isString', 'text'],
  ['isDate', 'date'],
]);

const WEAK_KINDS = new Map<string, ScalarKind>([
  ['min', 'number'],
  ['max', 'number'],
  ['isPositive', 'number'],
  ['isNegative', 'number'],
  ['isDivisibleBy', 'number'],
  ['minDate', 'date'],
  ['maxDate', 'date'],
]);

const LIST_VALIDATORS = new Set([
  'isArray',
  'arrayContains',
  'arrayNotContains',
  'arrayNotEmpty',
  'arrayMinSize',
  'arrayMaxSize',
  'arrayUnique',
]);

const OPEN_VALIDATORS = new Set(['isObject', 'isNotEmptyObject']);

const TEXT_VALIDATORS = new Set(
  `IsFirebasePushId contains notContains isLength minLength maxLength matches isAlpha isAlphanumeric isAscii isBIC
  isBase32 isBase58 isBase64 isBooleanString isBtcAddress isByteLength isCreditCard isCurrency isDataURI
  isDateString isDecimal isEAN isEmail isEthereumAddress isFqdn isFullWidth isHSL isHalfWidth isHash isHexColor
  isHexadecimal isIBAN isISO31661Alpha2 isISO31661Alpha3 isISO31661Numeric isISO4217CurrencyCode isISO6391
  isISRC isISSN isIdentityCard isIp isIsbn isIsin isIso8601 isJson isJwt isLatLong isLocale isLowercase
  isMacAddress isMagnetURI isMilitaryTime isMimeType isMobilePhone isMongoId isMultibyte isNumberString isOctal
  isPassportNumber isPhoneNumber isPort isPostalCode isRFC3339 isRgbColor isSemVer isStrongPassword
  isSurrogatePair isTaxId isTimeZone isUppercase isUrl isUuid isVariableWidth`.split(/\s+/),
);
