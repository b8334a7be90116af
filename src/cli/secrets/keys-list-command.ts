import { EXIT, type Command, type CommandArguments, type CommandIo, type ExitCode } from '../command.js';
import { CONFIG_FILE, formats } from '../common-options.js';
import { jsonText } from '../output-text.js';
import { DefinitionOnDemand } from './definition-on-demand.js';
import { filesWithValues, survey } from './files-with-values.js';
import { KeyringFile } from './keyring-file.js';
import { problemText } from './rotation-text.js';

export const keysListCommand: Command = {
  name: 'keys list',
  summary: 'show the keys of a keyring, and how many values of files are under each',
  words: ['keyring'],
  moreWords: 'files or folders with values',
  options: { ...CONFIG_FILE, ...formats(['text', 'json']) },
  exitCodes: ['0  done', '2  the command line cannot be understood, or the keyring cannot be used'],
  run: (args, io) => DefinitionOnDemand.during(args, io, (definition) => list(args, io, definition)),
};

async function list(args: CommandArguments, io: CommandIo, definition: DefinitionOnDemand): Promise<ExitCode> {
  const [name = '', ...words] = args.words;
  const keyring = new KeyringFile(io, name, definition);
  const document = await keyring.read();
  const report =
    words.length === 0
      ? undefined
      : await survey(await keyring.open(document), (await filesWithValues(io, words, definition)).files);
  const keys = document.keys.map(({ kid, use, state, created }) => {
    return { kid, use, state, created: new Date(created).toISOString(), values: report?.before.get(kid) ?? 0 };
  });
  if (args.flag('json')) {
    const shown = keys.map(({ values, ...key }) => (report === undefined ? key : { ...key, values }));
    io.out.write(jsonText({ keyset: document.name, keys: shown }));
    return EXIT.ok;
  }
  const width = Math.max(...keys.map(({ kid }) => kid.length));
  for (const { kid, use, state, created, values } of keys) {
    const counted = report === undefined ? '' : `  ${String(values)} ${values === 1 ? 'value' : 'values'}`;
    io.out.write(`${kid.padEnd(width)}  ${use.padEnd(7)}  ${state.padEnd(9)}  ${created}${counted}\n`);
  }
  for (const problem of report?.problems ?? []) io.out.write(`${problemText(io, problem)}\n`);
  return EXIT.ok;
}
