import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { ConfigError, silentLogger, type Environment } from '../../core/index.js';
import { KeysetDocument, type Keyset } from '../../security/index.js';
import type { CommandIo } from '../command-io.js';
import type { LoadedDefinition } from '../load-definition.js';
import { unusable } from '../unusable.js';
import { UsageError } from '../usage-error.js';
import { keysetOf } from './files-with-values.js';
import { KeyringFile } from './keyring-file.js';

/**
 * The keys of a keyring file, or else of the keyring that the configuration file has.
 *
 * @throws UsageError when there is none, or it cannot be used.
 */
export async function keysForValues(
  io: CommandIo,
  file: string | undefined,
  loaded: LoadedDefinition | undefined,
  environment: Environment,
): Promise<Keyset> {
  if (file !== undefined) return keysetOf(await publicOrPrivate(io, file));
  const keyring = loaded?.definition.secrets?.keyring;
  if (keyring === undefined) {
    throw new UsageError(
      'There are no keys.',
      'Write --keyring <file>, or secrets: { keyring } in the configuration file.',
    );
  }
  const { signal } = new AbortController();
  try {
    return await keyring.load({ environment, env: process.env, signal, logger: silentLogger });
  } catch (error) {
    throw ConfigError.is(error) ? unusable(error) : error;
  }
}

/** Everybody may read a file that holds public halves alone. */
async function publicOrPrivate(io: CommandIo, file: string): Promise<KeysetDocument> {
  const text = await readFile(resolve(io.folder, file)).catch(() => undefined);
  const document = text === undefined ? undefined : parsed(text);
  text?.fill(0);
  return document?.keys.every(({ canOpen }) => !canOpen) === true ? document : new KeyringFile(io, file).read();
}

/** What is wrong with a keyring is told when it is read as one. */
function parsed(text: Buffer): KeysetDocument | undefined {
  try {
    return KeysetDocument.parse(text);
  } catch {
    return undefined;
  }
}
