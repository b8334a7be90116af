import { destroyKey, retireKey, type KeysetDocument, type RotationReport } from '../../security/index.js';
import { EXIT, type Command, type CommandArguments, type CommandIo, type ExitCode } from '../command.js';
import { CONFIG_FILE, formats } from '../common-options.js';
import { jsonText, paint } from '../output-text.js';
import { DefinitionOnDemand } from './definition-on-demand.js';
import { filesWithValues, foundText, survey } from './files-with-values.js';
import { KeyringFile } from './keyring-file.js';
import { fileCount, problemText } from './rotation-text.js';

type Change = (document: KeysetDocument, kid: string) => KeysetDocument;

export const keysRetireCommand = changeCommand(
  'keys retire',
  'keep a key for opening alone, and have every use of it reported',
  'retired',
  retireKey,
);

export const keysDestroyCommand = changeCommand(
  'keys destroy',
  'remove a key permanently; values encrypted under it can never be opened again',
  'destroyed',
  destroyKey,
);

/** Moves a key to another state, unless values of the files are still under it. */
function changeCommand(name: string, summary: string, state: 'retired' | 'destroyed', change: Change): Command {
  return {
    name,
    summary,
    words: ['keyring', 'key'],
    moreWords: 'files or folders with values',
    options: {
      force: { type: 'boolean', description: 'do it although values are under the key, or a file could not be read' },
      ...CONFIG_FILE,
      ...formats(['text', 'json'], 'default: text; json: what was found and done'),
    },
    exitCodes: [
      '0  done',
      '1  values are still under the key, or a file could not be read: nothing has been changed',
      '2  the command line cannot be understood, or the keyring or the key cannot be used',
    ],
    run: (args, io) =>
      DefinitionOnDemand.during(args, io, (definition) => changeKey(definition, args, io, state, change)),
  };
}

async function changeKey(
  definition: DefinitionOnDemand,
  args: CommandArguments,
  io: CommandIo,
  state: 'retired' | 'destroyed',
  change: Change,
): Promise<ExitCode> {
  const [name = '', kid = '', ...words] = args.words;
  const keyring = new KeyringFile(io, name, definition);
  const searched = await filesWithValues(io, words, definition);
  return keyring.change(async ({ document, replace }) => {
    const changed = change(document, kid);
    const report = await survey(await keyring.open(document), searched.files);
    const values = report.before.get(kid) ?? 0;
    const refused = (values > 0 || unreadIn(report).length > 0) && !args.flag('force');
    if (!refused) await replace(changed);
    if (args.flag('json')) io.out.write(jsonText({ kid, state, done: !refused, values, files: report.files.length }));
    else io.out.write(foundText(io, searched) + said({ io, kid, state, values, report, refused }));
    return refused ? EXIT.found : EXIT.ok;
  });
}

interface Said {
  readonly io: CommandIo;
  readonly kid: string;
  readonly state: string;
  readonly values: number;
  readonly report: RotationReport;
  readonly refused: boolean;
}

/** What might hold further values under the key. */
function unreadIn({ problems }: RotationReport): RotationReport['problems'] {
  return problems.filter(({ kind }) => kind === 'file' || kind === 'split');
}

function said({ io, kid, state, values, report, refused }: Said): string {
  const where = fileCount(report.files.length);
  const count = `${values === 1 ? '1 value is' : `${String(values)} values are`} under ${kid} in ${where}`;
  const lines = unreadIn(report).map((problem) => problemText(io, problem));
  lines.push(`${values === 0 ? `No value is under ${kid} in ${where}` : count}.`);
  lines.push(
    refused
      ? `${paint(io.out, 'red', `${kid} is not ${state}.`)} Encrypt them again first, with "keys rotate --continue"; or write --force.`
      : paint(io.out, 'green', `${kid} is ${state}.`),
  );
  return lines.map((line) => `${line}\n`).join('');
}
