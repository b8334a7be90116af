import { dirname, relative } from 'node:path';
import {
  planLoad,
  type ConfigDefinition,
  type LoadPlan,
  type WorkspacesDefinition,
  loadGeneration,
  type Generation,
} from '../runtime/index.js';
import {
  ConfigError,
  type ConfigLogger,
  type ConfigSource,
  silentLogger,
  type DeclaredEnvironments,
  type Environment,
  type SelectorName,
  environmentSpellings,
  nearestName,
  orDeclare,
  parseEnvironment,
  SELECTORS,
  environmentNames,
  property,
} from '../core/index.js';
import type { CommandArguments, CommandIo } from './command.js';
import { findConfigFile } from './config-file.js';
import { importFailure } from './import-failure.js';
import { optionMistake, UsageError } from './usage-error.js';
import { Workspaces } from './workspaces.js';

export interface LoadedDefinition {
  /** The file, as it is shown. */
  readonly file: string;
  readonly definition: ConfigDefinition;
  readonly plan: LoadPlan;
}

/**
 * Imports the configuration file and checks what it exports.
 *
 * @throws UsageError naming the file, for everything that keeps it from being used.
 * @throws Workspaces where it lists those.
 */
export async function loadDefinition(args: CommandArguments, io: CommandIo): Promise<LoadedDefinition> {
  const path = await findConfigFile(io.folder, args.text('config'));
  const file = relative(io.folder, path);
  io.setProgramArguments(args.programArguments);
  const exported = await io.importFile(path).catch((error: unknown) => {
    throw importFailure(path, error, io.folder);
  });
  const definition = defaultExport(exported);
  if (isWorkspaces(definition)) throw new Workspaces(file, dirname(path), definition.workspaces);
  if (args.text('workspace') !== undefined) {
    throw new UsageError(
      `${file} lists no workspaces.`,
      "Write: export default defineConfig({ workspaces: { orders: 'services/orders' } });",
    );
  }
  if (!isDefinition(definition)) {
    throw new UsageError(
      `${file} does not export what is to be loaded.`,
      'Write: export default defineConfig({ sections: [HttpSettings], sources: [configFolder("config")] });',
    );
  }
  const filled = withParameters(definition, args.list('set'));
  return { file, definition: filled, plan: planOf(file, filled) };
}

function withParameters(definition: ConfigDefinition, given: readonly string[]): ConfigDefinition {
  if (given.length === 0) return definition;
  const values = given.map((text) => {
    const [, name, value] = /^([^=]+)=(.*)$/s.exec(text) ?? [];
    if (name !== undefined && value !== undefined) return [name, value] as const;
    throw new UsageError('--set takes the name of a parameter and its value.', 'Write --set name=value.');
  });
  return { ...definition, params: { ...definition.params, ...Object.fromEntries(values) } };
}

/** What is exported as default; in a module that a compiler made CommonJS it sits one floor lower. */
function defaultExport(exported: unknown): unknown {
  const first = property(exported, 'default');
  return property(first, '__esModule') === true ? property(first, 'default') : first;
}

function isWorkspaces(value: unknown): value is WorkspacesDefinition {
  const workspaces = property(value, 'workspaces');
  return typeof workspaces === 'object' && workspaces !== null;
}

function isDefinition(value: unknown): value is ConfigDefinition {
  return Array.isArray(property(value, 'sections')) && Array.isArray(property(value, 'sources'));
}

function planOf(file: string, definition: ConfigDefinition): LoadPlan {
  try {
    return planLoad(definition, false);
  } catch (error) {
    throw optionMistake(file, error);
  }
}

/**
 * Loads the user's settings as one environment sees them.
 *
 * @throws ConfigError when the settings are not valid.
 * @throws UsageError when the options themselves are wrong.
 */
export async function loadEnvironment(
  loaded: LoadedDefinition,
  selectors: Selected,
  logger: ConfigLogger = silentLogger,
): Promise<Generation> {
  const { definition, plan, file } = loaded;
  try {
    // The user's logger writes where its output belongs, which would run into ours.
    return await loadGeneration({ ...definition, ...selectors, logger }, { plan });
  } catch (error) {
    throw ConfigError.is(error) ? error : optionMistake(file, error);
  }
}

/** Works with the configuration file and what the command line selects, and closes its sources. */
export async function withDefinition<T>(
  args: CommandArguments,
  io: CommandIo,
  work: (loaded: LoadedDefinition, selectors: Selected) => T | Promise<T>,
): Promise<T> {
  const loaded = await loadDefinition(args, io);
  try {
    return await work(loaded, selected(args, loaded.plan.environments));
  } finally {
    await closeSources(loaded.definition.sources);
  }
}

/** Lets go of what the sources hold; what they say when they cannot is no concern of a program about to end. */
export async function closeSources(sources: readonly ConfigSource[]): Promise<void> {
  await Promise.allSettled(sources.map(async (source) => source.close?.()));
}

/** The selectors that the command line names; absent where it names none. */
export interface Selected extends Readonly<Partial<Record<SelectorName | 'instance', string>>> {
  readonly environment?: Environment;
}

/**
 * Reads `--env` and the other selectors.
 *
 * @param declared the environments that the configuration file declares
 * @throws UsageError when `--env` names no environment.
 */
export function selected(args: CommandArguments, declared: DeclaredEnvironments): Selected {
  const name = args.text('env');
  const environment = name === undefined ? undefined : selectedEnvironment('--env', name, declared);
  const others = ([...SELECTORS, 'instance'] as const).flatMap((option) => {
    const text = args.text(option);
    return text === undefined ? [] : [[option, text] as const];
  });
  return { ...(environment !== undefined && { environment }), ...Object.fromEntries(others) };
}

/** The environment that an option names. Throws UsageError when there is no such environment. */
export function selectedEnvironment(option: string, name: string, declared: DeclaredEnvironments): Environment {
  const environment = parseEnvironment(name, declared);
  if (environment !== undefined) return environment;
  const legal = environmentSpellings(declared);
  const nearest = nearestName(name, legal);
  const hint =
    nearest === undefined ? `Legal: ${legal.join(', ')}${orDeclare(name, declared)}.` : `Did you mean ${nearest}?`;
  throw new UsageError(`${option} ${JSON.stringify(name)} is not an environment.`, hint);
}

/** The environment that is named, or those that the configuration file wants to have checked. */
export function environmentsToCheck(
  named: Selected,
  { definition, plan }: LoadedDefinition,
  isAll = false,
): readonly Environment[] {
  const all = environmentNames(plan.environments);
  if (isAll) return all;
  if (named.environment !== undefined) return [named.environment];
  return definition.validateIn ?? (definition.environment === undefined ? all : [definition.environment]);
}
