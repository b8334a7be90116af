import { envQuoted, yamlText, type ConfigPath, parsePath } from '../core/index.js';
import { describeFully, type Description, type Generation } from '../runtime/index.js';
import { EXIT, type Command, type CommandArguments, type CommandIo, type ExitCode } from './command.js';
import { CONFIG_FILE, SELECTORS, formats } from './common-options.js';
import { envNames } from './env-names.js';
import { inDomain } from './list-command.js';
import { jsonText } from './output-text.js';
import { loadEnvironment, withDefinition, type LoadedDefinition } from './load-definition.js';
import { settingsTree } from './settings-tree.js';
import { UsageError } from './usage-error.js';

export const printCommand: Command = {
  name: 'print',
  summary: 'print the settings in effect, merged from all sources and defaults, secrets masked',
  words: [],
  options: {
    ...SELECTORS,
    ...formats(['yaml', 'json', 'env']),
    domain: { type: 'string', value: 'name', description: 'only the sections of this domain' },
    prefix: {
      type: 'string',
      value: 'text',
      description: 'what variables begin with in --format env; default: as the first processEnv(…) reads them',
    },
    ...CONFIG_FILE,
  },
  run: print,
};

async function print(args: CommandArguments, io: CommandIo): Promise<ExitCode> {
  const [format = 'yaml', prefix] = [args.text('format'), args.text('prefix')];
  if (prefix !== undefined && format !== 'env') {
    throw new UsageError('--prefix is for variables.', 'Write --format env with it.');
  }
  return withDefinition(args, io, async (loaded, selectors) => {
    const isAsked = inDomain(args.text('domain'), loaded.plan.entries);
    const generation = await loadEnvironment(loaded, selectors);
    io.out.write(await printed(describeFully(generation).filter(isAsked), generation, loaded, format, prefix));
    return EXIT.ok;
  });
}

async function printed(
  settings: readonly Description[],
  { selectors }: Generation,
  loaded: LoadedDefinition,
  format: string,
  prefix: string | undefined,
): Promise<string> {
  if (format === 'env') return envText(settings, await envNames(loaded, selectors, prefix));
  const tree = settingsTree(settings, loaded.plan.schema);
  return format === 'json' ? jsonText(tree) : yamlText(tree);
}

/** Settings as the lines of an environment file. What is not set has no line, and what no quotes can hold a comment. */
export function envText(settings: readonly Description[], nameOf: (path: ConfigPath) => string): string {
  return settings
    .filter(({ value }) => value !== undefined && value !== null)
    .map(({ path, value }) => assignment(nameOf(parsePath(path)), envQuoted(textOf(value))))
    .join('');
}

function assignment(name: string, text: string | undefined): string {
  return text === undefined ? `# ${name} has a value that no quotes of such a file can hold.\n` : `${name}=${text}\n`;
}

/** Numbers, lists and maps in JSON, which needs no single quote. */
function textOf(value: unknown): string {
  if (typeof value === 'string' || typeof value === 'bigint') return String(value);
  return JSON.stringify(JSON.parse(jsonText(value))).replaceAll("'", '\\u0027');
}
