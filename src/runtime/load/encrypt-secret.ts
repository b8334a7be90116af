import {
  formatPath,
  guardLogger,
  mustBe,
  option,
  type OptionKinds,
  ownBytes,
  parsePath,
  readOptions,
  scopePath,
  silentLogger,
  sortOf,
  wholeSecretAt,
  type ConfigLogger,
} from '../../core/index.js';
import { canonicalPath } from '../../binding/index.js';
import { LOAD_OPTIONS, type LoadOptions, planLoad, selectorsOf } from '../plan/index.js';
import { SECRET_OPTIONS, type SecretOptions } from '../secrets/index.js';

/** Options of {@link encryptSecret}: those of the load that define the secret, its readers and the keys. */
export interface EncryptSecretOptions extends Pick<LoadOptions, 'sections' | 'environment' | 'env' | 'signal'> {
  readonly secrets: SecretOptions;
  /** The id of the tenant in whose document it is to be written: it opens for no other one. The base's when absent. */
  readonly tenant?: string;
  readonly logger?: ConfigLogger;
}

const OPTIONS = {
  sections: LOAD_OPTIONS.sections,
  environment: LOAD_OPTIONS.environment,
  env: LOAD_OPTIONS.env,
  signal: LOAD_OPTIONS.signal,
  secrets: option.required(SECRET_OPTIONS),
  tenant: option.name,
  logger: LOAD_OPTIONS.logger,
} satisfies OptionKinds<EncryptSecretOptions>;

/**
 * A secret as it is written into a source: `{jwe}…`, encrypted for its path in the environment, or sealed where its field
 * is. For programs that write configuration: it requires the right `write` for the principal of `runAs`, and records the use
 * as the field's `audit` option requires. A string is encoded as UTF-8. Subpath: `uno-config/keys`.
 *
 * @param path canonical dotted path, in any legal spelling
 * @throws TypeError naming the option, or when the path has no field with `@Secure`.
 * @throws ConfigError `access-denied`, `audit-failed`, `audit-missing`, `no-primary-key`,
 *   `secret-too-large`, `invalid-path`, and those of the keyring.
 *
 * @example
 * ```ts
 * const token = await runAs('operations', async () =>
 *   encryptSecret('database.password', 'correct horse', {
 *     sections: [DatabaseSettings],
 *     environment: 'production',
 *     secrets: { keyring: keyFile('/run/secrets/orders-keys.json'), app: 'orders' },
 *   }),
 * );
 * ```
 */
export async function encryptSecret(
  path: string,
  value: string | Uint8Array,
  options: EncryptSecretOptions,
): Promise<string> {
  readOptions('encryptSecret', options, OPTIONS);
  if (options.secrets.keyring === undefined)
    throw mustBe('encryptSecret: secrets.keyring', 'a keyring to encrypt with, such as keyFile(…)', sortOf(undefined));
  const { tenant, ...others } = options;
  const loadOptions = { ...others, sources: [] };
  const { schema, secrets, gate } = planLoad(loadOptions, false);
  const at = canonicalPath(schema, parsePath(path));
  const rule = wholeSecretAt(schema, at);
  if (rule === undefined) throw new TypeError(`path: no field with @Secure is at "${path}".`);
  const { env = process.env, signal = new AbortController().signal, logger = silentLogger } = options;
  await secrets.load({ ...selectorsOf(loadOptions), env, signal, logger: guardLogger(logger) });
  const kid = secrets.keyFor(rule.level);
  const asked = tenant === undefined ? gate : gate.ownedBy(tenant);
  await asked.admitAsync({ ...rule, right: 'write', path: formatPath(at), kid });
  const bytes = typeof value === 'string' ? ownBytes(value) : value;
  try {
    return secrets.encrypt(scopePath(schema, at), bytes, rule.level, tenant);
  } finally {
    if (bytes !== value) bytes.fill(0);
  }
}
