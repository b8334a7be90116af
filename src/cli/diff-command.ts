import { changeText, printable, jsonText } from './output-text.js';
import { EXIT, type Command, type CommandArguments, type CommandIo, type ExitCode } from './command.js';
import { CONFIG_FILE, SELECTORS, formats } from './common-options.js';
import { compareSettings, type Comparison, type Difference } from './compare-settings.js';
import { diffSides } from './diff-sides.js';
import { diffRevisions, type ComparedSides } from './store/index.js';

export const diffCommand: Command = {
  name: 'diff',
  summary: 'compare two environments, or the settings with those of other files or of a running service',
  words: [],
  options: {
    from: {
      type: 'string',
      value: 'side',
      description: 'the environment to compare, or selectors: deployment=blue; or a revision of a store: @41',
    },
    to: {
      type: 'string',
      value: 'side',
      description: 'the environment to compare it with, or selectors: deployment=green; or a revision: @42',
    },
    with: {
      type: 'string',
      value: 'other',
      description:
        'compare with another configuration file, a folder that has one, or JSON in a .json file or at a URL',
    },
    store: { type: 'string', value: 'name', description: 'with revisions: the store, where there are several' },
    ...SELECTORS,
    env: {
      ...SELECTORS.env,
      description: 'the environment of both sides, with --with or where --from and --to are selectors',
    },
    ...formats(['text', 'json']),
    ...CONFIG_FILE,
  },
  exitCodes: [
    '0  both sides are equal',
    '1  they differ',
    '2  the command line cannot be understood, or a side cannot be loaded or is not valid',
  ],
  run: diff,
};

async function diff(args: CommandArguments, io: CommandIo): Promise<ExitCode> {
  const { sides, comparison } = (await diffRevisions(args, io)) ?? (await diffSettings(args, io));
  const [from, to] = sides;
  const { differences, notCompared } = comparison;
  const equal = differences.length === 0;
  io.out.write(
    args.flag('json')
      ? jsonText({ equal, from: from.name, to: to.name, differences, notCompared })
      : diffText(sides, comparison, io),
  );
  return equal ? EXIT.ok : EXIT.different;
}

async function diffSettings(args: CommandArguments, io: CommandIo): Promise<ComparedSides> {
  const sides = await diffSides(args, io);
  const [from, to] = sides;
  return { sides, comparison: compareSettings(from.leaves, to.leaves) };
}

function diffText([from, to]: ComparedSides['sides'], comparison: Comparison, { out }: CommandIo): string {
  const { differences, notCompared } = comparison;
  const names = [from.name, to.name].map(printable);
  const count = differences.length === 1 ? '1 setting differs' : `${String(differences.length)} settings differ`;
  const head = differences.length === 0 ? `${names.join(' and ')} are equal.` : `${names.join(' -> ')}: ${count}.`;
  const lines = differences.map((difference) => changeText({ ...difference, places: placesOf(difference) }, out));
  const rest = notCompared.length === 0 ? '' : `Masked, so not compared: ${printable(notCompared.join(', '))}\n`;
  return `${head}\n${lines.join('')}${rest}`;
}

function placesOf({ beforeFrom, afterFrom }: Difference): readonly string[] {
  return [
    ...(beforeFrom === null ? [] : [`before: ${beforeFrom}`]),
    ...(afterFrom === null ? [] : [`after: ${afterFrom}`]),
  ];
}
