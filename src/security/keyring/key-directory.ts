import { readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { ConfigError, option, readOptions, type OptionKinds } from '../../core/index.js';
import { KeptKeyset } from './open-keyset.js';
import { KEYRING_OPTIONS, KEYSET_NAME, rememberOptions, type Keyring, type KeyringOptions } from './keyring.js';
import { isKeysetName } from './parse-entries.js';
import { readPrivateFile, throughOwnLinks, unreadable } from './private-file.js';
import { WatchedPlaces } from './watch-places.js';

/** What {@link keyDirectory} takes. */
export interface KeyDirectoryOptions extends KeyringOptions {
  /** The name of the keyset; the folder's own where it can be one, and `keys` otherwise. */
  readonly keyset?: string;
}

const OPTIONS = { ...KEYRING_OPTIONS, keyset: KEYSET_NAME } satisfies OptionKinds<KeyDirectoryOptions>;

// Where Kubernetes keeps the files of a mounted secret; it is replaced as a whole.
const MOUNTED = '..data';
const MOST_FILES = 1000;

/**
 * A folder with one JSON Web Key per file, such as a mounted Kubernetes secret; names that start with a dot are passed
 * over. The newest key of a use by its `created` is the primary one, so that a file that is added rotates; a key that says
 * `retired` or `disabled` stays so. The files may be readable by their group, and by no one else. Loading
 * throws a `ConfigError` with code `keyring-unreadable`, `keyring-exposed`, `keyset-invalid` or `key-not-unwrapped`. A
 * running program picks up changes. Subpath: `uno-config/keys`.
 *
 * @throws TypeError naming an option that cannot be used.
 *
 * @example
 * ```ts
 * const keyring = keyDirectory('/run/secrets/orders-keys', { keyset: 'orders' });
 * ```
 */
export function keyDirectory(path: string, options: KeyDirectoryOptions = {}): Keyring {
  option.path.read(path, 'keyDirectory: the path');
  const read = readOptions('keyDirectory', options, OPTIONS);
  const { name = path } = read;
  const kept = new KeptKeyset(name, options);
  const places = new WatchedPlaces([path, join(path, MOUNTED)]);
  const keyset = read.keyset ?? (isKeysetName(basename(path)) ? basename(path) : 'keys');
  const keyring = Object.freeze<Keyring>({
    name,
    load: async (context) => {
      await places.learn();
      const keys = withPrimaries(await readKeys(path));
      return kept.of(JSON.stringify({ keyset, keys }), context);
    },
    watch: (context) => places.watch(context),
  });
  return rememberOptions(keyring, options);
}

async function readKeys(path: string): Promise<readonly unknown[]> {
  const folder = await folderOf(path);
  const names = await readdir(folder).catch((error: unknown) => {
    throw unreadable(path, error);
  });
  const files = names.filter((name) => !name.startsWith('.')).sort();
  if (files.length > MOST_FILES) throw unreadable(path, `it has more than ${String(MOST_FILES)} files`);
  return Promise.all(
    files.map(async (name) => parseKey(join(path, name), await readPrivateFile(join(folder, name), 'group'))),
  );
}

/** All keys of one moment: the folder that the link of a mounted secret leads to is never changed, only replaced. */
async function folderOf(path: string): Promise<string> {
  try {
    return await throughOwnLinks(join(path, MOUNTED));
  } catch (error) {
    if (ConfigError.is(error)) throw error;
  }
  return throughOwnLinks(path).catch((error: unknown) => {
    throw ConfigError.is(error) ? error : unreadable(path, error);
  });
}

function parseKey(path: string, content: Buffer): unknown {
  try {
    return JSON.parse(content.toString('utf8'));
  } catch {
    // The parser's message quotes the text, so it is left out.
    throw new ConfigError({
      code: 'keyset-invalid',
      message: `${path} is not a valid key: it is not JSON.`,
      recovery: 'Write one JSON Web Key into it, or move it out of the folder.',
    });
  } finally {
    content.fill(0);
  }
}

type Key = Readonly<Record<string, unknown>>;

/** The newest of each kind becomes the primary one; what is no key is left for the document to refuse. */
function withPrimaries(keys: readonly unknown[]): readonly unknown[] {
  const current = keys.filter(isCurrent).sort((one, other) => (order(one) < order(other) ? 1 : -1));
  const primaries = new Set(['oct', 'OKP'].map((kty) => current.find((key) => key['kty'] === kty)));
  return keys.map((key) => (isCurrent(key) ? { ...key, state: primaries.has(key) ? 'primary' : 'active' } : key));
}

function isCurrent(key: unknown): key is Key {
  if (typeof key !== 'object' || key === null || Array.isArray(key)) return false;
  const state: unknown = Reflect.get(key, 'state');
  return state === undefined || state === 'primary' || state === 'active';
}

/** Times of one form sort as they follow each other; of the same time the later name counts. */
function order({ created, kid }: Key): string {
  const time = typeof created === 'string' ? Date.parse(created) : 0;
  return `${String(Number.isNaN(time) ? 0 : time).padStart(16, '0')} ${String(kid)}`;
}
