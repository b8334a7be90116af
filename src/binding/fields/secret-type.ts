import { ConfigError, isSecureValue, type SecretForm } from '../../core/index.js';
import { readersOf, type SectionClass, type SecureDeclaration } from '../../sections/index.js';
import type { FieldType, SecretType, SingleType } from './field-type.js';
import { findFieldType, type TypeEvidence } from './resolve-field-type.js';

/**
 * The type of a field with `@Secure`: that of its other decorators, with a secret wherever a single value is; a secret
 * string without them.
 *
 * @throws ConfigError `secure-field-type` for a field that holds something else than secrets, `field-without-type` for a type
 *   that no secret can have.
 */
export function secretFieldType(
  owner: SectionClass,
  field: string,
  evidence: TypeEvidence,
  secure: SecureDeclaration,
): FieldType {
  const { designType, initial } = evidence;
  const plain = plainType(designType()) ?? plainType(typeOf(initial));
  if (plain !== undefined) throw notWrapped(`${owner.name}.${field}`, plain);
  // Neither the compiler nor an initial value of the wrapper shows what it opens to.
  const found = findFieldType({ ...evidence, designType: () => undefined, initial: undefined });
  return secretOf(found ?? { kind: 'text' }, found === undefined, secure, `${owner.name}.${field}`);
}

function secretOf(type: FieldType, isGuess: boolean, secure: SecureDeclaration, field: string): FieldType {
  if (type.kind === 'list' || type.kind === 'map') {
    return { kind: type.kind, item: secretOf(type.item, isGuess, secure, field) };
  }
  const { level, as, audit } = secure;
  const readers = readersOf(secure);
  const item = itemOf(type, as);
  const form = as ?? (item && FORMS.get(item.kind));
  if (item === undefined || form === undefined) throw unfit(field);
  const sealedText = level === 'sealed' && form === 'text' && as === undefined;
  const rule = {
    level,
    form: sealedText ? ('bytes' as const) : form,
    ...(readers !== undefined && { readers }),
    ...(audit !== undefined && { audit }),
  };
  return { kind: 'secret', item, rule, checksText: !isGuess } satisfies SecretType;
}

const FORMS = new Map<SingleType['kind'], SecretForm>([
  ['text', 'text'],
  ['number', 'number'],
  ['integer', 'number'],
  ['anything', 'json'],
]);

/** The type that a secret's string is coerced to before it is hidden. */
function itemOf(type: FieldType, as: SecretForm | undefined): SingleType | undefined {
  if (as === 'json') return { kind: 'anything' };
  if (as === 'text' || as === 'bytes') return { kind: 'text' };
  if (as === 'number') return type.kind === 'integer' ? type : { kind: 'number' };
  return type.kind === 'text' || type.kind === 'number' || type.kind === 'integer' || type.kind === 'anything'
    ? type
    : undefined;
}

/** What may hold secrets, and what compilers write when they do not know: for a union, for a type that is only imported. */
const TELLS_NOTHING = new Set<unknown>([Array, Map, Object, Function, undefined]);

/** The name of a type whose values are no secrets, as far as is known. */
function plainType(type: unknown): string | undefined {
  if (typeof type !== 'function' || TELLS_NOTHING.has(type)) return undefined;
  // One of another copy of the package is one as well.
  if (isSecureValue(type.prototype)) return undefined;
  return PRIMITIVES.has(type) ? type.name.toLowerCase() : type.name;
}

const OPENS_TO = new Set(['string', 'number', 'Buffer']);
const PRIMITIVES = new Set<unknown>([String, Number, Boolean, BigInt]);

function typeOf(initial: unknown): unknown {
  return initial === undefined || initial === null ? undefined : Reflect.get(Object(initial) as object, 'constructor');
}

function notWrapped(field: string, type: string): ConfigError {
  const opened = OPENS_TO.has(type) ? type : '…';
  return new ConfigError({
    code: 'secure-field-type',
    message: `${field} is declared with @Secure, so that it holds a SecureValue, and its type is ${type}.`,
    recovery: `Type it SecureValue<${opened}> and open it with use(…); a default is written SecureValue.of(…).`,
  });
}

function unfit(field: string): ConfigError {
  return new ConfigError({
    code: 'field-without-type',
    message: `${field} cannot be a secret of that type: a secret opens to text, a number, bytes or JSON.`,
    recovery: `Say which: @Secure({ as: 'text' }), 'number', 'bytes' or 'json'.`,
  });
}
