import { relative } from 'node:path';
import { planLoad, type ConfigDefinition, type LoadPlan } from '../runtime/index.js';
import type { CommandArguments } from './command-arguments.js';
import type { CommandIo } from './command-io.js';
import { findConfigFile } from './config-file.js';
import { importFailure } from './import-failure.js';
import { optionMistake } from './option-mistake.js';
import { UsageError } from './usage-error.js';

/** What the user's configuration file says. */
export interface LoadedDefinition {
  /** The file, as it is shown. */
  readonly file: string;
  readonly definition: ConfigDefinition;
  readonly plan: LoadPlan;
  /** What is exported as `resources`: what the module lists; none when nothing is. */
  readonly resources: readonly unknown[];
}

/**
 * Imports the configuration file and checks what it exports.
 *
 * @throws UsageError naming the file, for everything that keeps it from being used.
 */
export async function loadDefinition(args: CommandArguments, io: CommandIo): Promise<LoadedDefinition> {
  const path = await findConfigFile(io.folder, args.text('config'));
  const file = relative(io.folder, path);
  io.setProgramArguments(args.programArguments);
  const exported = await io.importFile(path).catch((error: unknown) => {
    throw importFailure(path, error, io.folder);
  });
  const definition = defaultExport(exported);
  if (!isDefinition(definition)) {
    throw new UsageError(
      `${file} does not export what is to be loaded.`,
      'Write: export default defineConfig({ sections: [HttpSettings], sources: [configFolder("config")] });',
    );
  }
  const resources = property(exported, 'resources') ?? property(property(exported, 'default'), 'resources');
  const listed: readonly unknown[] = Array.isArray(resources) ? resources : [];
  return { file, definition, plan: planOf(file, definition), resources: listed };
}

/** What is exported as default; in a module that a compiler made CommonJS it sits one floor lower. */
function defaultExport(exported: unknown): unknown {
  const first = property(exported, 'default');
  return property(first, '__esModule') === true ? property(first, 'default') : first;
}

function property(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined;
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
