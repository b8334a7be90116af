import { dirname, relative } from 'node:path';
import { planLoad, type ConfigDefinition, type LoadPlan, type WorkspacesDefinition } from '../runtime/index.js';
import type { CommandArguments } from './command-arguments.js';
import type { CommandIo } from './command-io.js';
import { findConfigFile } from './config-file.js';
import { importFailure } from './import-failure.js';
import { optionMistake } from './option-mistake.js';
import { UsageError } from './usage-error.js';
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

function property(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined;
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
