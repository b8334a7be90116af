import { rotateSecrets, type KeysetDocument, type KeyUse } from '../../security/index.js';
import { EXIT, type Command, type CommandArguments, type CommandIo, type ExitCode } from '../command.js';
import { CONFIG_FILE, formats } from '../common-options.js';
import { jsonText } from '../output-text.js';
import { UsageError } from '../usage-error.js';
import { DefinitionOnDemand } from './definition-on-demand.js';
import { filesWithValues, foundText, type FilesWithValues } from './files-with-values.js';
import { KeyringFile } from './keyring-file.js';
import { exportPublic, PUBLIC } from './public-half.js';
import { RotationBar, rotationData, rotationText } from './rotation-text.js';

export const keysRotateCommand: Command = {
  name: 'keys rotate',
  summary: 'add new keys to a keyring, and encrypt the values of files again with them',
  words: ['keyring'],
  moreWords: 'files or folders with values',
  options: {
    use: {
      type: 'string',
      choices: ['encrypt', 'seal'],
      description: 'only a new key for this use; default: for each',
    },
    'keys-only': {
      type: 'boolean',
      description: 'add the new keys and leave the files for later, when every process has them',
    },
    continue: { type: 'boolean', description: 'no new keys: encrypt again what is not under the newest ones yet' },
    'dry-run': { type: 'boolean', description: 'write nothing, and print what would be done' },
    ...PUBLIC,
    ...CONFIG_FILE,
    ...formats(['text', 'json']),
  },
  exitCodes: [
    '0  done: no value of the files is left under an older key',
    '1  some values or files could not be done, and stay as they were',
    '2  the command line cannot be understood, or the keyring cannot be used',
  ],
  run: (args, io) => DefinitionOnDemand.during(args, io, (definition) => rotate(args, io, definition)),
};

async function rotate(args: CommandArguments, io: CommandIo, definition: DefinitionOnDemand): Promise<ExitCode> {
  const [name = '', ...words] = args.words;
  const [keysOnly, goesOn, dryRun] = [args.flag('keys-only'), args.flag('continue'), args.flag('dry-run')];
  if (keysOnly && goesOn) throw new UsageError('--keys-only and --continue leave nothing to do.', 'Write one of them.');
  const keyring = new KeyringFile(io, name, definition);
  const values: FilesWithValues = keysOnly ? { files: [] } : await filesWithValues(io, words, definition);
  const addKeys = async (document: KeysetDocument): Promise<KeysetDocument> => {
    const next = await keyring.withNewKeys(document, usesFor(document, args.text('use')));
    // Before anything is written: all keys must open, and be wrapped under one passphrase.
    await keyring.open(next);
    return next;
  };
  if (dryRun) {
    const before = await keyring.read();
    const document = goesOn ? before : await addKeys(before);
    return encryptAgain(args, io, { keyring, document, before, values });
  }
  return keyring.change(async ({ document: before, replace }) => {
    const document = goesOn ? before : await replace(await addKeys(before));
    await exportPublic(io, args.text('public'), document);
    return encryptAgain(args, io, { keyring, document, before, values });
  });
}

interface KeysAndValues {
  readonly keyring: KeyringFile;
  /** With the new keys, as the file has them. */
  readonly document: KeysetDocument;
  readonly before: KeysetDocument;
  readonly values: FilesWithValues;
}

async function encryptAgain(args: CommandArguments, io: CommandIo, given: KeysAndValues): Promise<ExitCode> {
  const { keyring, document, before, values } = given;
  const [json, dryRun] = [args.flag('json'), args.flag('dry-run')];
  if (!json) {
    sayKeys(io, before, document, dryRun);
    io.out.write(foundText(io, values));
  }
  const bar = json ? undefined : new RotationBar(io);
  const report = await rotateSecrets({
    files: values.files,
    keyset: await keyring.open(document),
    dryRun,
    onProgress: (progress) => bar?.update(progress),
  });
  bar?.end();
  if (json) {
    io.out.write(
      jsonText({
        keys: document.keys.map(({ kid, use, state }) => ({ kid, use, state })),
        ...rotationData(io, report),
      }),
    );
  } else if (!args.flag('keys-only')) io.out.write(rotationText(io, report));
  return report.complete ? EXIT.ok : EXIT.left;
}

/** Every use that has a key, or the one that is named. */
function usesFor(document: KeysetDocument, use: string | undefined): readonly KeyUse[] {
  if (use === 'encrypt' || use === 'seal') return [use];
  return document.keys.filter(({ state }) => state === 'primary').map((key) => key.use);
}

function sayKeys(io: CommandIo, before: KeysetDocument, after: KeysetDocument, dryRun: boolean): void {
  const known = new Set(before.keys.map(({ kid }) => kid));
  for (const { kid, use } of after.keys.filter((key) => !known.has(key.kid)))
    io.out.write(`${dryRun ? 'would add' : 'added'} ${kid} to ${use}\n`);
}
