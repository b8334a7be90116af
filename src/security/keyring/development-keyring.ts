import { access, mkdir, open } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { ConfigError, environmentKind, option, readOptions, systemCode, type OptionKinds } from '../../core/index.js';
import { generateKeyset } from './generate-keyset.js';
import { keyFile } from './key-file.js';
import { KEYSET_NAME, type Keyring } from './keyring.js';
import { createKeyset } from './write-keyset.js';

/** What {@link developmentKeyring} takes. */
export interface DevelopmentKeyringOptions {
  /** The name of the keyset that is generated; `development` when absent. */
  readonly keyset?: string;
}

const OPTIONS = { keyset: option.or(KEYSET_NAME, 'development') } satisfies OptionKinds<DevelopmentKeyringOptions>;

/**
 * Keys for a developer's own machine: generated when the file is not there, with mode 0600, and added to the `.gitignore`
 * beside it.
 * Loading throws a `ConfigError` with code `development-keyring-refused` in production, and otherwise as {@link keyFile}
 * does. Subpath: `uno-config/keys`.
 *
 * @throws TypeError naming an option that cannot be used.
 *
 * @example
 * ```ts
 * const keyring = process.env['NODE_ENV'] === 'production' ? keyFile('/etc/orders/keys.json') : developmentKeyring();
 * ```
 */
export function developmentKeyring(path = '.uno/keys.json', options: DevelopmentKeyringOptions = {}): Keyring {
  const { keyset } = readOptions('developmentKeyring', options, OPTIONS);
  const file = keyFile(path);
  return Object.freeze<Keyring>({
    ...file,
    load: async (context) => {
      if (environmentKind(context) === 'production') throw refused(path);
      await generateUnlessThere(path, keyset);
      return file.load(context);
    },
  });
}

/** Several processes may do this at once: one of them is first, and all others read what it made. */
async function generateUnlessThere(path: string, keyset: string): Promise<void> {
  try {
    await access(path);
    return;
  } catch (error) {
    // Anything else is told by whoever reads it.
    if (systemCode(error) !== 'ENOENT') return;
  }
  const folder = dirname(path);
  const isNew = (await mkdir(folder, { recursive: true, mode: 0o700 })) !== undefined;
  // Before they are there: git must not see them at any time.
  await ignore(folder, isNew ? '*' : `/${basename(path).replaceAll(/[\\*?[\] ]/g, String.raw`\$&`)}`);
  await createKeyset(path, generateKeyset(keyset));
}

/** Of a folder that was there before nothing is ignored but the keys: it may be the whole project. */
async function ignore(folder: string, line: string): Promise<void> {
  const file = await open(join(folder, '.gitignore'), 'a+', 0o644);
  try {
    const text = await file.readFile('utf8');
    const lines = text.split(/\r?\n/);
    if (lines.includes(line) || lines.includes('*')) return;
    await file.appendFile(`${text === '' || text.endsWith('\n') ? '' : '\n'}${line}\n`);
  } finally {
    await file.close();
  }
}

function refused(path: string): ConfigError {
  return new ConfigError({
    code: 'development-keyring-refused',
    message: `The keys in ${path} are a developer's own and open nothing in production.`,
    recovery:
      'Give production a keyring of its own: keyFile, keyDirectory, keyEnvironment, or one with a key provider.',
  });
}
