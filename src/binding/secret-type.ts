import { ConfigError, SecureValue, type SecretForm } from '../core/index.js';
import { readersOf, type SectionClass, type SecureDeclaration } from '../sections/index.js';
import type { FieldType, SecretType, SingleType } from './field-type.js';
import { findFieldType, type TypeEvidence } from './resolve-field-type.js';

/**
 * The type of a field with `@Secure`: what its other decorators say, with a secret wherever a single value is; a secret
 * text when they say nothing.
 *
 * @throws ConfigError `field-without-type` for a type that no secret can have.
 */
export function secretFieldType(
  owner: SectionClass,
  field: string,
  evidence: TypeEvidence,
  secure: SecureDeclaration,
): FieldType {
  const { designType, initial } = evidence;
  const found = findFieldType({
    ...evidence,
    // Of the wrapper itself neither the compiler nor an initial value tells what it opens to.
    designType: () => (designType() === SecureValue ? undefined : designType()),
    initial: initial instanceof SecureValue ? undefined : initial,
  });
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

/** What the text of a secret is coerced to before it is hidden. */
function itemOf(type: FieldType, as: SecretForm | undefined): SingleType | undefined {
  if (as === 'json') return { kind: 'anything' };
  if (as === 'text' || as === 'bytes') return { kind: 'text' };
  if (as === 'number') return type.kind === 'integer' ? type : { kind: 'number' };
  return type.kind === 'text' || type.kind === 'number' || type.kind === 'integer' || type.kind === 'anything'
    ? type
    : undefined;
}

function unfit(field: string): ConfigError {
  return new ConfigError({
    code: 'field-without-type',
    category: 'binding',
    message: `${field} cannot be a secret of that type: a secret opens to text, a number, bytes or JSON.`,
    recovery: `Say which: @Secure({ as: 'text' }), 'number', 'bytes' or 'json'.`,
  });
}
