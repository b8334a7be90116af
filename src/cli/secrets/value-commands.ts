import { formats } from '../common-options.js';
import type { KeyUse } from '../../security/index.js';
import { EXIT, type Command, type CommandArguments, type CommandIo, type ExitCode } from '../command.js';
import { jsonText } from '../output-text.js';
import { unusable, UsageError } from '../usage-error.js';
import { DefinitionOnDemand } from './definition-on-demand.js';
import { keysForValues } from './keys-for-values.js';
import { PLACE_OPTIONS, valuePlace } from './value-place.js';
import { FileValue } from './file-value.js';

export const encryptCommand = valueCommand(
  'encrypt',
  'encrypt a value for its place; it is asked for, or read from the input, never a word of the command line',
);

export const sealCommand = valueCommand('seal', 'seal a value for its place; the public half of the keyring is enough');

function valueCommand(use: KeyUse, summary: string): Command {
  return {
    name: use,
    summary,
    words: ['path'],
    single: true,
    // Others have seen it by then.
    surplus:
      'The value is no word of the command line, where others can read it: it is asked for, or read from the input.',
    options: {
      in: {
        type: 'string',
        value: 'file',
        description: 'write it there, in place of the value at the path, or as a new key',
      },
      current: {
        type: 'boolean',
        description: 'with --in: encrypt the value that is there, instead of asking for one',
      },
      keyring: {
        type: 'string',
        value: 'file',
        description: 'the keyring file; default: the keyring of the configuration file',
      },
      ...PLACE_OPTIONS,
      ...formats(['text', 'json'], 'default: text; json: what was made, never the value'),
    },
    exitCodes: [
      '0  done',
      '2  the command line cannot be understood, the keys cannot be used, or the file cannot be changed so',
    ],
    run: (args, io) => makeValue(args, io, use),
  };
}

/** Makes a value for its place, prints it or puts it into a file. */
async function makeValue(args: CommandArguments, io: CommandIo, use: KeyUse): Promise<ExitCode> {
  const file = args.text('in');
  if (args.flag('current') && file === undefined) throw new UsageError('--current needs --in <file>.');
  return DefinitionOnDemand.during(args, io, async (definition) => {
    const place = valuePlace(args, await definition.load(), use);
    const { environment } = place;
    const keys = keysForValues(io, { use, file: args.text('keyring'), definition, environment });
    await keys();
    const target = file === undefined ? undefined : await FileValue.find(io, file, place.path);
    const plaintext =
      args.flag('current') && target !== undefined
        ? Buffer.from(await target.current(), 'utf8')
        : await io.readSecret(`Value for ${place.words}: `);
    // Again: while somebody typed, the keys may have been rotated, and the old ones destroyed.
    const keyset = await keys();
    const token = made(() => keyset[use](plaintext, place.cfg));
    plaintext.fill(0);
    await target?.replace(token);
    io.error.write(`for ${place.words}\n`);
    const { kid } = keyset.inspect(token) ?? {};
    if (args.flag('json'))
      io.out.write(jsonText({ for: place.words, kid, ...(file === undefined ? { token } : { file }) }));
    else io.out.write(file === undefined ? `${token}\n` : `wrote ${file}\n`);
    return EXIT.ok;
  });
}

function made(make: () => string): string {
  try {
    return make();
  } catch (error) {
    throw unusable(error);
  }
}
