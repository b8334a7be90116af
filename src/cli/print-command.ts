import { yamlText } from '../core/index.js';
import { describeFully, type Description, type Generation } from '../runtime/index.js';
import type { Command } from './command.js';
import type { CommandArguments } from './command-arguments.js';
import type { CommandIo } from './command-io.js';
import { CONFIG_FILE, SELECTORS, formats } from './common-options.js';
import { envNames } from './env-names.js';
import { envText } from './env-text.js';
import { EXIT_OK, type ExitCode } from './exit-code.js';
import { inDomain } from './list-command.js';
import { jsonText } from './json-text.js';
import { loadDefinition, type LoadedDefinition } from './load-definition.js';
import { closeSources, loadEnvironment } from './load-environment.js';
import { selected } from './selected.js';
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
  const loaded = await loadDefinition(args, io);
  const selectors = selected(args, loaded.plan.environments);
  const isAsked = inDomain(args.text('domain'), loaded.plan.entries);
  try {
    const generation = await loadEnvironment(loaded, selectors);
    io.out.write(await textOf(describeFully(generation).filter(isAsked), generation, loaded, format, prefix));
    return EXIT_OK;
  } finally {
    await closeSources(loaded.definition.sources);
  }
}

async function textOf(
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
