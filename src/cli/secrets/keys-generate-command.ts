import { basename, extname, resolve } from 'node:path';
import { createKeyset, generateKeyset, publicKeyset, type KeysetDocument } from '../../security/index.js';
import type { Command } from '../command.js';
import type { CommandArguments } from '../command-arguments.js';
import type { CommandIo } from '../command-io.js';
import { EXIT_OK, type ExitCode } from '../exit-code.js';
import { jsonText } from '../json-text.js';
import { UsageError } from '../usage-error.js';
import { written } from './keyring-file.js';
import { exportPublic, PUBLIC } from './public-half.js';

/** Makes a keyring file. */
export const keysGenerateCommand: Command = {
  name: 'keys generate',
  summary: 'make a keyring: a file with new keys that only its owner can read',
  words: ['keyring'],
  options: {
    name: {
      type: 'string',
      value: 'name',
      description: "the keyset's name, which keys are called after; default: the file's",
    },
    use: { type: 'string', choices: ['encrypt', 'seal'], description: 'only a key for this use; default: both' },
    ...PUBLIC,
    json: { type: 'boolean', description: 'print what was made as JSON; never a key' },
  },
  exitCodes: ['0  done', '2  the command line cannot be understood, or the file is there already'],
  run: generate,
};

async function generate(args: CommandArguments, io: CommandIo): Promise<ExitCode> {
  const [file = ''] = args.words;
  const document = named(args.text('name') ?? basename(file, extname(file)), args.text('use'));
  const half = args.text('public');
  // Before the file is made: a mistake leaves nothing behind.
  if (half !== undefined) publicKeyset(document);
  const created = await written(file, () => createKeyset(resolve(io.folder, file), document));
  if (!created) {
    throw new UsageError(
      `${file} is there already.`,
      'Its keys may be all that opens some values: "keys rotate" adds new ones to it.',
    );
  }
  await exportPublic(io, half, document);
  if (args.flag('json')) io.out.write(jsonText({ keyset: document.name, keys: document.keys }));
  else io.out.write(`wrote ${file}: ${document.keys.map(({ kid, use }) => `${kid} to ${use}`).join(', ')}\n`);
  return EXIT_OK;
}

function named(name: string, use: string | undefined): KeysetDocument {
  try {
    return generateKeyset(name, use === 'encrypt' || use === 'seal' ? { uses: [use] } : {});
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    throw new UsageError(
      `${JSON.stringify(name)} cannot be the name of a keyset.`,
      `With --name <name>: ${error.message}`,
    );
  }
}
