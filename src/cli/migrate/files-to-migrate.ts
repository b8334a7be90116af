import { basename, extname, resolve } from 'node:path';
import { ConfigError, type ConfigSource } from '../../core/index.js';
import { formatByExtension } from '../../sources/index.js';
import type { CommandArguments, CommandIo } from '../command.js';
import type { LoadedDefinition } from '../load-definition.js';
import { namedFiles } from '../scan/index.js';
import { UsageError } from '../usage-error.js';
import { isEnvFile } from './migrate-file.js';

/** Whose documents a file holds. */
export interface FileOwner {
  /** Of the tenant or plan; nothing where each key at the file's root is the id of one. */
  readonly id: string | undefined;
  readonly isTenant: boolean;
}

/** The files of tenants and plans. */
export async function tenantFiles(
  { definition, plan }: LoadedDefinition,
  io: CommandIo,
): Promise<ReadonlyMap<string, FileOwner>> {
  const context = { schema: plan.schema, environments: plan.environments, signal: new AbortController().signal };
  const { layers, plans } = definition.tenants?.parts ?? {};
  const filesOf = async (source: ConfigSource | undefined): Promise<readonly (readonly [string, FileOwner])[]> =>
    ((await source?.files?.(context)) ?? []).map((name) => {
      const id = source?.documentOf === undefined ? basename(name, extname(name)) : source.documentOf(name);
      return [resolve(io.folder, name), { id, isTenant: source === layers }];
    });
  return new Map([...(await filesOf(layers)), ...(await filesOf(plans))]);
}

/**
 * The files that are named, or those that the sources read, and those of tenants and plans; by absolute path.
 *
 * @throws UsageError for a source that cannot say which files it reads.
 */
export async function filesToMigrate(
  { definition, plan, file }: LoadedDefinition,
  ofTenants: Iterable<string>,
  { words }: CommandArguments,
  io: CommandIo,
): Promise<readonly string[]> {
  if (words.length > 0) {
    const named = (await namedFiles(io.folder, words)).map((each) => resolve(io.folder, each.file));
    // Those that a folder holds may be of another kind.
    return named.filter((name) => formatByExtension(name) !== undefined || isEnvFile(name));
  }
  const context = { schema: plan.schema, environments: plan.environments, signal: new AbortController().signal };
  const lists = await Promise.all(definition.sources.map(async (source) => source.files?.(context) ?? [])).catch(
    (error: unknown) => {
      throw ConfigError.is(error)
        ? new UsageError(`${file}: ${error.message}`, 'Correct that, or name the files.')
        : error;
    },
  );
  return [...new Set([...lists.flat().map((name) => resolve(io.folder, name)), ...ofTenants])]
    .filter((name) => formatByExtension(name) !== undefined || isEnvFile(name))
    .sort();
}
