import { realpath } from 'node:fs/promises';
import { resolve } from 'node:path';
import { createKeyset, FileReplacement, KeysetDocument, publicKeyset, readWhole } from '../../security/index.js';
import type { CommandOptions, CommandIo } from '../command.js';
import { UsageError } from '../usage-error.js';
import { written } from './keyring-file.js';

/** For commands after which whoever seals values needs another public half. */
export const PUBLIC = {
  public: { type: 'string', value: 'file', description: 'write the public half there, which is all that "seal" needs' },
} as const satisfies CommandOptions;

/**
 * Writes the public half of the key to seal with, where it is asked for.
 *
 * @throws UsageError when there is a file already that is no public half: it might be the keyring.
 */
export async function exportPublic(io: CommandIo, file: string | undefined, document: KeysetDocument): Promise<void> {
  if (file === undefined) return;
  const [path, half] = [resolve(io.folder, file), publicKeyset(document)];
  const done = await written(file, async () => (await createKeyset(path, half)) || replace(file, path, half));
  if (!done) throw new UsageError(`${file} was changed by another process meanwhile.`, 'Do it again.');
}

async function replace(file: string, path: string, half: KeysetDocument): Promise<boolean> {
  const target = await realpath(path);
  const whole = await readWhole(target, 1024 * 1024);
  const before = typeof whole === 'string' ? undefined : publicHalfOf(whole.bytes);
  if (typeof whole === 'string' || before === undefined)
    throw new UsageError(
      `${file} already exists and is not a public half, so it is not changed.`,
      'Name another file.',
    );
  const replacement = await FileReplacement.begin(target, whole.stats);
  await replacement.write(Buffer.from(half.toText(), 'utf8'));
  return replacement.finish();
}

/** A keyset that opens nothing, or nothing when it is another text. */
export function publicHalfOf(text: Buffer): KeysetDocument | undefined {
  try {
    const document = KeysetDocument.parse(text);
    return document.keys.every(({ canOpen }) => !canOpen) ? document : undefined;
  } catch {
    // What is wrong with a keyring is told when it is read as one.
    return undefined;
  } finally {
    text.fill(0);
  }
}
