import { basename, extname } from 'node:path';
import { generateKeyset, publicKeyset, type KeysetDocument } from '../../security/index.js';
import { EXIT, type Command, type CommandArguments, type CommandIo, type ExitCode } from '../command.js';
import { CONFIG_FILE, formats } from '../common-options.js';
import { jsonText } from '../output-text.js';
import { UsageError } from '../usage-error.js';
import { DefinitionOnDemand } from './definition-on-demand.js';
import { UNDER_PASSPHRASE } from './key-wrapping.js';
import { KeyringFile } from './keyring-file.js';
import { exportPublic, PUBLIC } from './public-half.js';

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
    wrap: {
      type: 'string',
      value: 'by',
      description: `wrap the keys: "${UNDER_PASSPHRASE}", or the id of a key provider of the configuration file`,
    },
    ...PUBLIC,
    ...CONFIG_FILE,
    ...formats(['text', 'json'], 'default: text; json: what was made, never a key'),
  },
  exitCodes: [
    '0  done',
    '2  the command line cannot be understood, the file already exists, or the keys cannot be wrapped',
  ],
  run: (args, io) => DefinitionOnDemand.during(args, io, (definition) => generate(args, io, definition)),
};

async function generate(args: CommandArguments, io: CommandIo, definition: DefinitionOnDemand): Promise<ExitCode> {
  const [file = ''] = args.words;
  const plain = named(args.text('name') ?? basename(file, extname(file)), args.text('use'));
  const [half, by] = [args.text('public'), args.text('wrap')];
  // Before the file is made: a mistake leaves nothing behind.
  if (half !== undefined) publicKeyset(plain);
  const keyring = new KeyringFile(io, file, definition);
  const document = by === undefined ? plain : await keyring.wrapped(plain, by);
  if (!(await keyring.create(document))) {
    throw new UsageError(
      `${file} already exists.`,
      'Its keys may be all that opens some values: "keys rotate" adds new ones to it.',
    );
  }
  await exportPublic(io, half, document);
  if (args.flag('json')) io.out.write(jsonText({ keyset: document.name, keys: document.keys }));
  else io.out.write(`wrote ${file}: ${[...keysText(document), ...wrappedText(by)].join(', ')}\n`);
  return EXIT.ok;
}

function keysText({ keys }: KeysetDocument): readonly string[] {
  return keys.map(({ kid, use }) => `${kid} to ${use}`);
}

function wrappedText(by: string | undefined): readonly string[] {
  if (by === undefined) return [];
  return [by === UNDER_PASSPHRASE ? 'wrapped under a passphrase' : `wrapped by ${by}`];
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
