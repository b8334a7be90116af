import { stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { UsageError } from './usage-error.js';

/** In the order in which they are looked for; the source goes before what was compiled from it. */
export const CONFIG_FILE_NAMES: readonly string[] = [
  'uno.config.ts',
  'uno.config.mts',
  'uno.config.js',
  'uno.config.mjs',
];

/**
 * The configuration file that is named, or the first that is there by its usual name.
 *
 * @throws UsageError when there is none.
 */
export async function findConfigFile(folder: string, named: string | undefined): Promise<string> {
  if (named !== undefined) {
    const file = resolve(folder, named);
    if (await isFile(file)) return file;
    throw new UsageError(`There is no configuration file ${named}.`, `It was looked for at ${file}.`);
  }
  const found = await firstIn(folder);
  if (found !== undefined) return found;
  const above = await nearestAbove(folder);
  throw new UsageError(
    `There is no configuration file in ${folder}: ${CONFIG_FILE_NAMES.join(', ')}.`,
    above === undefined
      ? 'Write one that exports defineConfig({ sections, sources }), start a new project with "uno-config init", or name yours with --config <file>.'
      : `There is ${basename(above)} in ${dirname(above)}: go there, or write --cwd ${dirname(above)}.`,
  );
}

export async function hasConfigFile(folder: string): Promise<boolean> {
  return (await firstIn(folder)) !== undefined;
}

async function firstIn(folder: string): Promise<string | undefined> {
  for (const name of CONFIG_FILE_NAMES) {
    const file = join(folder, name);
    if (await isFile(file)) return file;
  }
  return undefined;
}

async function nearestAbove(folder: string): Promise<string | undefined> {
  const parent = dirname(folder);
  if (parent === folder) return undefined;
  return (await firstIn(parent)) ?? nearestAbove(parent);
}

async function isFile(path: string): Promise<boolean> {
  const found = await stat(path).catch(() => undefined);
  return found?.isFile() === true;
}
