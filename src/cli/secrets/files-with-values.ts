import { relative, resolve } from 'node:path';
import { ConfigError } from '../../core/index.js';
import { rotateSecrets, type Keyset, type RotationReport } from '../../security/index.js';
import type { CommandIo } from '../command.js';
import { printable } from '../output-text.js';
import type { LoadedDefinition } from '../load-definition.js';
import { namedFiles } from '../scan/index.js';
import { UsageError } from '../usage-error.js';
import type { DefinitionOnDemand } from './definition-on-demand.js';

export interface FilesWithValues {
  readonly files: readonly string[];
  /** Where they were found, when none was named. */
  readonly found?: string;
}

/**
 * The files that are named, and the configuration files of the folders that are. When none is: the files of all
 * environments that the sources of the configuration file read, with those of tenants and plans; without one, or without
 * such sources, the configuration files of the working directory.
 *
 * @throws UsageError for what is not there, and for a source that cannot say which files it reads.
 */
export async function filesWithValues(
  io: CommandIo,
  words: readonly string[],
  definition: DefinitionOnDemand,
): Promise<FilesWithValues> {
  if (words.length > 0) return { files: await filesIn(io, words) };
  const loaded = await definition.load();
  const files = loaded === undefined ? [] : await filesOfSources(io, loaded);
  if (loaded !== undefined && files.length > 0) return { files, found: `files of the sources in ${loaded.file}` };
  return { files: await filesIn(io, ['.']), found: 'configuration files of the working directory' };
}

/** The files that were found, for people, who named none. */
export function foundText(io: CommandIo, { files, found }: FilesWithValues): string {
  if (found === undefined) return '';
  return [`${found}:`, ...files.map((file) => `  ${printable(shownFile(io, file))}`), ''].join('\n');
}

async function filesIn(io: CommandIo, words: readonly string[]): Promise<readonly string[]> {
  const files = await namedFiles(io.folder, words);
  return files.map(({ file }) => resolve(io.folder, file));
}

async function filesOfSources(io: CommandIo, { definition, plan }: LoadedDefinition): Promise<readonly string[]> {
  const context = { schema: plan.schema, environments: plan.environments, signal: new AbortController().signal };
  const { sources, tenants } = definition;
  const lists = [...sources, ...Object.values(tenants?.parts ?? {})].map(
    async (source) => source.files?.(context) ?? [],
  );
  const files = await Promise.all(lists).catch((error: unknown) => {
    if (!ConfigError.is(error)) throw error;
    throw new UsageError(error.message, 'Correct that, or name the files that have values.');
  });
  return [...new Set(files.flat().map((file) => resolve(io.folder, file)))].sort();
}

/** What the values of files are under; nothing is written. */
export async function survey(keyset: Keyset, files: readonly string[]): Promise<RotationReport> {
  return rotateSecrets({ files, keyset, dryRun: true });
}

/** A file as the user would write it. */
export function shownFile(io: CommandIo, file: string): string {
  return relative(io.folder, file);
}
