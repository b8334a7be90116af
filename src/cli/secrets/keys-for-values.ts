import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { ConfigError, silentLogger, type Environment } from '../../core/index.js';
import { publicKeyset, type Keyset, type KeysetDocument, type KeyUse } from '../../security/index.js';
import type { CommandIo } from '../command.js';
import { unusable, UsageError } from '../usage-error.js';
import type { DefinitionOnDemand } from './definition-on-demand.js';
import { KeyringFile } from './keyring-file.js';
import { publicHalfOf } from './public-half.js';

export interface KeysRequest {
  readonly use: KeyUse;
  /** The keyring file that is named. */
  readonly file: string | undefined;
  readonly definition: DefinitionOnDemand;
  readonly environment: Environment;
}

/**
 * Reads the keys of a keyring file, or else of the keyring that the configuration file has, as they are with each call.
 *
 * @throws UsageError when there is none, or it cannot be used.
 */
export function keysForValues(
  io: CommandIo,
  { use, file, definition, environment }: KeysRequest,
): () => Promise<Keyset> {
  if (file === undefined) return () => configuredKeys(definition, environment);
  const keyringFile = new KeyringFile(io, file, definition);
  return async () => {
    const document = await publicOrPrivate(io, file, keyringFile);
    // To seal the public half is enough, so nobody is asked for a passphrase.
    return keyringFile.open(use === 'seal' ? publicHalf(document) : document);
  };
}

async function configuredKeys(definition: DefinitionOnDemand, environment: Environment): Promise<Keyset> {
  const loaded = await definition.load();
  const keyring = loaded?.definition.secrets?.keyring;
  if (keyring === undefined) {
    throw new UsageError(
      'There are no keys.',
      'Write --keyring <file>, or secrets: { keyring } in the configuration file.',
    );
  }
  const { signal } = new AbortController();
  const like = loaded?.plan.environments[environment];
  try {
    return await keyring.load({
      environment,
      ...(like !== undefined && { like }),
      env: process.env,
      signal,
      logger: silentLogger,
    });
  } catch (error) {
    throw ConfigError.is(error) ? unusable(error) : error;
  }
}

/** Everybody may read a file that holds public halves alone. */
async function publicOrPrivate(io: CommandIo, file: string, keyringFile: KeyringFile): Promise<KeysetDocument> {
  const text = await readFile(resolve(io.folder, file)).catch(() => undefined);
  return (text && publicHalfOf(text)) ?? keyringFile.read();
}

function publicHalf(document: KeysetDocument): KeysetDocument {
  try {
    return publicKeyset(document);
  } catch (error) {
    throw unusable(error);
  }
}
