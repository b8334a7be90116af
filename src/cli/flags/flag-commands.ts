import type { FlagContext, FlagFinding, FlagRow, Flags } from '../../flags/index.js';
import { nearestName } from '../../core/index.js';
import type { SectionEntry } from '../../runtime/index.js';
import { printable, jsonText, textTable } from '../output-text.js';
import { EXIT, type Command, type CommandOptions, type CommandArguments, type CommandIo } from '../command.js';
import { CONFIG_FILE, formats, SELECTORS } from '../common-options.js';
import { loadEnvironment, withDefinition, type LoadedDefinition } from '../load-definition.js';
import { UsageError } from '../usage-error.js';

const OPTIONS: CommandOptions = {
  section: { type: 'string', value: 'path', description: 'the section of the flags, where there are several' },
  ...SELECTORS,
  ...formats(['text', 'json']),
  ...CONFIG_FILE,
};
const CONTEXT: CommandOptions = {
  context: {
    type: 'string',
    value: 'json',
    description: 'what rules see, such as {"targetingKey":"ann","country":"NL"}',
  },
};

export const flagsListCommand: Command = {
  name: 'flags list',
  summary: 'list the flags: kind, owner, last day, what everybody gets or that rules decide, and what is to be done',
  words: [],
  options: OPTIONS,
  run: async (args, io) => {
    const rows = await withFlags(args, io, (flags) => flags.list());
    io.out.write(args.flag('json') ? jsonText(rows) : textTable(rows.map(listed)));
    return EXIT.ok;
  },
};

export const flagsExplainCommand: Command = {
  name: 'flags explain',
  summary: 'explain what a flag comes to in a context: each condition, and the one that decides, with its place',
  words: ['key'],
  options: { ...CONTEXT, ...OPTIONS },
  run: async (args, io) => {
    const [key = ''] = args.words;
    const explained = await withFlags(
      args,
      io,
      (flags) => {
        refuseUnknown(flags, key);
        return flags.explain(key, contextOf(args));
      },
      true,
    );
    io.out.write(args.flag('json') ? jsonText(explained) : `${explained.toString()}\n`);
    return EXIT.ok;
  },
};

/** Evaluates flags. */
export const flagsEvaluateCommand: Command = {
  name: 'flags evaluate',
  summary: 'evaluate all flags, or those that are named, in a context',
  words: [],
  moreWords: 'keys',
  options: { ...CONTEXT, ...OPTIONS },
  run: async (args, io) => {
    const answers = await withFlags(
      args,
      io,
      (flags) => {
        const keys = args.words.length > 0 ? args.words : flags.list().map(({ key }) => key);
        return keys.map((key) => {
          refuseUnknown(flags, key);
          const { value = null, variant = null, reason } = flags.explain(key, contextOf(args));
          return { key, value, variant, reason };
        });
      },
      true,
    );
    io.out.write(
      args.flag('json')
        ? jsonText(answers)
        : textTable(
            answers.map(({ key, value, variant, reason }) => [key, JSON.stringify(value), variant ?? '-', reason]),
          ),
    );
    return EXIT.ok;
  },
};

/** Flags whose last day is over; fails where there are some, for CI. */
export const flagsExpiredCommand = finding('expired', 'name the flags whose last day is over', ['expired']);

export const flagsStaleCommand = finding(
  'stale',
  'name the flags that are to go: the last day is over, there is none, or everybody gets one variant',
  ['expired', 'settled', 'unending'],
);

export const flagsUnknownCommand = finding(
  'unknown',
  'name the flags that are defined and declared by no class, or declared and not defined',
  ['undeclared', 'undefined'],
);

function finding(name: string, summary: string, wanted: readonly FlagFinding[]): Command {
  return {
    name: `flags ${name}`,
    summary,
    words: [],
    options: OPTIONS,
    exitCodes: [
      '0  there is none',
      '1  there are some, or the settings are not valid',
      '2  the command cannot be carried out',
    ],
    run: async (args, io) => {
      const all = await withFlags(args, io, (flags) => flags.list());
      const rows = all.filter(({ findings }) => findings.some((each) => wanted.includes(each)));
      if (args.flag('json')) io.out.write(jsonText(rows));
      else io.out.write(rows.length === 0 ? 'No flag.\n' : textTable(rows.map(listed)));
      return rows.length === 0 ? EXIT.ok : EXIT.found;
    },
  };
}

function listed({ key, kind, owner, expires, findings, declaredBy, ...defined }: FlagRow): readonly string[] {
  return [key, kind ?? '-', owner ?? '-', expires ?? '-', gives(defined), declaredBy ?? '-', findings.join(', ')];
}

function gives({ state, forced, targeting, prerequisites, defaultVariant }: Partial<FlagRow>): string {
  if (state === undefined) return 'not defined';
  if (forced !== undefined) return `${forced} (forced)`;
  if (state === 'DISABLED') return 'disabled';
  const isDecided = Object.keys(targeting ?? {}).length > 0 || (prerequisites ?? []).length > 0;
  return isDecided ? 'by rules' : (defaultVariant ?? 'default');
}

/** Loads the settings, and gives what a function makes of their flags; only what evaluates them needs the engine. */
async function withFlags<T>(
  args: CommandArguments,
  io: CommandIo,
  work: (flags: Flags) => T,
  evaluates = false,
): Promise<T> {
  return withDefinition(args, io, async (loaded, selectors) => {
    // Only here: they bring class-validator and inversify along.
    const { FlagSettings, flagsIn, loadEngine } = await import('../../flags/index.js');
    const { target, name, path } = sectionOf(loaded, args.text('section'), (entry) => {
      return Object.prototype.isPrototypeOf.call(FlagSettings, entry.target) || entry.target === FlagSettings;
    });
    const generation = await loadEnvironment(loaded, selectors);
    const settings = generation.get(target, name);
    if (!(settings instanceof FlagSettings)) throw new UsageError(`${path.join('.')} has no flags.`);
    return work(flagsIn(generation, { target, name }, evaluates ? await loadEngine(settings, false) : undefined));
  });
}

function sectionOf(
  { plan, file }: LoadedDefinition,
  wanted: string | undefined,
  hasFlags: (entry: SectionEntry) => boolean,
): SectionEntry {
  const entries = plan.entries.filter(hasFlags);
  const [first, second] = wanted === undefined ? entries : entries.filter(({ path }) => path.join('.') === wanted);
  const known = entries.map(({ path }) => path.join('.')).join(', ');
  if (first === undefined) {
    const way =
      known === '' ? 'List a class that extends FlagSettings under sections.' : `The sections of flags are ${known}.`;
    throw new UsageError(`${file} has no such section of flags.`, way);
  }
  if (second !== undefined)
    throw new UsageError('There are several sections of flags.', `Name one: --section ${known}.`);
  return first;
}

function refuseUnknown(flags: Flags, key: string): void {
  const keys = flags.list().map((row) => row.key);
  if (keys.includes(key)) return;
  const nearest = nearestName(key, keys);
  throw new UsageError(
    `There is no flag ${JSON.stringify(key)}.`,
    nearest === undefined ? `The flags are ${keys.map(printable).join(', ')}.` : `Did you mean ${nearest}?`,
  );
}

/** @throws UsageError when it is no object in JSON. */
function contextOf(args: CommandArguments): FlagContext {
  const text = args.text('context');
  if (text === undefined) return {};
  try {
    const parsed: unknown = JSON.parse(text);
    // Rules look at whatever it has.
    if (typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed)) return parsed as FlagContext;
  } catch {
    // What is no JSON is refused as what is no object.
  }
  throw new UsageError('--context is not an object in JSON.', `Write --context '{"targetingKey":"ann"}'.`);
}
