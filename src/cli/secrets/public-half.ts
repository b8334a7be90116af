import { resolve } from 'node:path';
import { publicKeyset, writeKeyset, type KeysetDocument } from '../../security/index.js';
import type { CommandOptions } from '../command.js';
import type { CommandIo } from '../command-io.js';
import { written } from './keyring-file.js';

/** For commands after which whoever seals values needs another public half. */
export const PUBLIC = {
  public: { type: 'string', value: 'file', description: 'write the public half there, which is all that "seal" needs' },
} as const satisfies CommandOptions;

/** Writes the public half of the key to seal with, where it is asked for. */
export async function exportPublic(io: CommandIo, file: string | undefined, document: KeysetDocument): Promise<void> {
  if (file === undefined) return;
  await written(file, () => writeKeyset(resolve(io.folder, file), publicKeyset(document)));
}
