import { readFile, rename, writeFile } from 'node:fs/promises';
import { ConfigError, jsonFile, optional } from 'uno-config';
import { scopeHash } from 'uno-config/keys';
import type { ConfigSource, Environment } from 'uno-config';
import type { Keyring, Keyset } from 'uno-config/keys';

/** What they are worth: they open a container on a developer's own machine, and sign what nobody pays. */
const PASSWORD = 'development-only';
const SIGNING_KEY = 'signs-nothing-that-counts';

/** The application that values are encrypted for. */
export const APP = 'orders';

/**
 * The secrets of a developer's machine, from a file that is written on the first run and again when the keys are new. It
 * does what a person does elsewhere with `uno-config encrypt` and `uno-config seal`. Never part of production.
 */
export function developmentSecrets(path: string, environment: Environment, keyring: Keyring): ConfigSource {
  const file = optional(jsonFile(path));
  return {
    ...file,
    load: async (context) => {
      const keyset = await keyring.load({ ...context, env: process.env });
      if (!(await holdsSecretsOf(keyset, path))) await write(path, secretsFor(environment, keyset));
      return file.load(context);
    },
  };
}

function secretsFor(environment: Environment, keyset: Keyset): object {
  // A value is bound to its place: moved to another path, environment or application it does not open.
  const scope = (at: string): string => scopeHash({ app: APP, environment, path: at });
  return {
    database: { password: keyset.encrypt(Buffer.from(PASSWORD), scope('database.password')) },
    payments: { signingKey: keyset.seal(Buffer.from(SIGNING_KEY), scope('payments.signingKey')) },
  };
}

/** False when there is no such file, or one that other keys were used for. */
async function holdsSecretsOf(keyset: Keyset, path: string): Promise<boolean> {
  const text = await readFile(path, 'utf8').catch(() => '');
  const tokens = text.match(/\{jwe\}[\w.-]+/g) ?? [];
  return tokens.length === 2 && tokens.every((token) => opens(keyset, token));
}

function opens(keyset: Keyset, token: string): boolean {
  try {
    keyset.open(token, [keyset.inspect(token)?.cfg ?? '']).bytes.fill(0);
    return true;
  } catch (error) {
    if (ConfigError.is(error) && error.code === 'secret-not-opened') return false;
    throw error;
  }
}

/** Under another name first: several programs may start at once, and each must find a whole file. */
async function write(path: string, secrets: object): Promise<void> {
  const unfinished = `${path}.${String(process.pid)}`;
  await writeFile(unfinished, `${JSON.stringify(secrets, undefined, 2)}\n`, { mode: 0o600 });
  await rename(unfinished, path);
}
