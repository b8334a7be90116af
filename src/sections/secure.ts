import type { OptionKinds, SecretReader, SecretReaders, SecureValue } from '../core/index.js';
import { option, readOptions } from '../core/index.js';
import { declareField } from './section-metadata.js';
import type { SecureDeclaration, SecureOptions } from './secure-declaration.js';

const OPTIONS = {
  level: option.oneOf('mask', 'encrypt', 'sealed'),
  as: option.oneOf('text', 'number', 'bytes', 'json'),
  audit: option.oneOf('required', 'best-effort'),
  readers: option.anything, // checkReaders says what they must be, now or when all files have run.
  optional: option.flag,
} satisfies OptionKinds<SecureOptions>;

/** The type of a field with `@Secure`: a secret, a list of secrets or a map of them. */
export type SecureField =
  SecureValue<unknown> | readonly SecureField[] | { readonly [key: string]: SecureField } | null | undefined;

/**
 * Takes fields of the type {@link SecureField}, as far as TypeScript knows their type. A function as it is called without
 * knowing the class, so that it may be put together with other decorators.
 */
export type SecureDecorator = <Settings extends object, Name extends string | symbol>(
  prototype: Settings,
  field: Name extends keyof Settings
    ? Settings[Name] extends SecureField
      ? Name
      : 'a field with @Secure has the type SecureValue<…>'
    : Name,
) => void;

/**
 * A secret: the field's type is {@link SecureValue}, and its value shows in no output. With `@ListOf` or `@MapOf`, or a
 * validator with `each`, every item is one. Other validators are asked about the opened value. TypeScript refuses a field of
 * another type, and so does a load, with a `ConfigError` of code `secure-field-type`, where the compiler's metadata tells it.
 * Subpaths: `uno-config`, `uno-config/sections`.
 *
 * @throws TypeError naming the option.
 *
 * @example
 * ```ts
 * class DatabaseSettings {
 *   @Secure() @MinLength(8) password!: SecureValue<string>;
 *   @Secure({ level: 'encrypt', optional: true }) replicaPassword?: SecureValue<string>;
 * }
 * ```
 */
export function Secure(options: SecureOptions = {}): SecureDecorator {
  readOptions('@Secure', options, OPTIONS);
  const { level = 'mask', readers } = options;
  if (readers !== undefined && readers !== 'injected' && typeof readers !== 'function') checkReaders(readers);
  const secure: SecureDeclaration = Object.freeze({ ...options, level });
  return (prototype, property) => {
    declareField(prototype, property, { secure });
  };
}

/**
 * The readers that a declaration names; asked when all files have run.
 *
 * @throws TypeError when they are no classes.
 */
export function readersOf({ readers }: SecureOptions): SecretReaders | undefined {
  if (typeof readers !== 'function') return readers;
  const named = readers();
  checkReaders(named);
  return named;
}

function checkReaders(readers: readonly SecretReader[]): void {
  const given: unknown = readers;
  if (Array.isArray(given) && given.every((reader) => typeof reader === 'function')) return;
  throw new TypeError(
    "@Secure: readers is a list of classes, or 'injected'. One that is imported in a circle is not there yet: write () => [ … ].",
  );
}
