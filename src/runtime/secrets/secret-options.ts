import {
  type ConfigLogger,
  type ConfigTracerPort,
  option,
  type OptionKinds,
  sortOf,
  mustBe,
} from '../../core/index.js';
import {
  createSecretGate,
  type PolicySecretGate,
  type AccessPolicy,
  type AccessRecorder,
  type Keyring,
  type SpringCipher,
} from '../../security/index.js';

/** How encrypted values are opened, what becomes of secrets that are not encrypted, and who may use them. */
export interface SecretOptions {
  /** Where the keys come from, such as `keyFile('/run/secrets/keys.json')`; without it an encrypted value is an error. */
  readonly keyring?: Keyring | undefined;
  /**
   * The application that values are encrypted for, such as `orders`: one made for another one does not open. Must be
   * given with a keyring.
   */
  readonly app?: string | undefined;
  /**
   * The widest scope a value may be bound to. `path` (default): to its very path in this environment. `environment`:
   * also to any path in this environment. `app`: also to any path in any environment.
   */
  readonly scope?: SecretScopeKind;
  /**
   * How to treat a value in plain text in a file though its field is declared as encrypted: `error`, `warn` or `allow`.
   * Default: `error` in production, `warn` elsewhere.
   */
  readonly plain?: PlainSecretPolicy;
  /** Reads `{cipher}…` values of Spring Cloud Config too, while a service moves away from it. */
  readonly spring?: SpringCipher | undefined;
  /** Who may use which secret; when absent, only `@Secure` decides. */
  readonly access?: AccessPolicy | undefined;
  /**
   * Where uses are recorded of secrets that `@Secure` asks it of, and all that are denied: an `auditLog(…)`. Its events have
   * the trace of the active span where the load has a `tracer`.
   */
  readonly audit?: AccessRecorder | undefined;
}

/** How far from its place a value may be moved and still open. */
export type SecretScopeKind = 'path' | 'environment' | 'app';

/** What becomes of a plain text that should be encrypted. */
export type PlainSecretPolicy = 'error' | 'warn' | 'allow';

const KINDS = {
  keyring: option.having('a keyring, such as keyFile(…)', 'load'),
  app: option.name,
  scope: option.oneOf('path', 'environment', 'app'),
  plain: option.oneOf('error', 'warn', 'allow'),
  spring: option.object,
  access: option.having('what accessPolicy([…]) makes', 'explain'),
  audit: option.having('what auditLog({ … }) makes', 'record'),
} satisfies OptionKinds<SecretOptions>;

export const SECRET_OPTIONS = option.reading('an object of options', (given, where) => {
  const values = option.options<SecretOptions, typeof KINDS>(KINDS).read(given, where);
  if (values.keyring === undefined || values.app !== undefined) return values;
  throw mustBe(`${where}.app`, 'the name of the application that values are encrypted for', sortOf(undefined));
});

interface GateOptions {
  readonly secrets?: SecretOptions | undefined;
  readonly logger?: ConfigLogger | undefined;
  readonly tracer?: ConfigTracerPort | undefined;
}

/** The gate that all secrets of a load ask before they open. */
export function secretGateOf({ secrets: { access, audit } = {}, logger, tracer }: GateOptions): PolicySecretGate {
  return createSecretGate({ policy: access, audit, logger, tracer });
}
