import type { ConfigLogger, ConfigSource } from '../core/index.js';
import { envFileNames } from './env-file-names.js';
import type { EnvFile } from './env-file-read.js';
import { readEnvFiles } from './env-file-read.js';
import { unusableNames, variablesLayer } from './env-layer.js';
import { checkFileOptions, checkPath, sourceId } from './file-source.js';
import { compileKeyNames } from './key-compile.js';
import { checkPrefix, checkSeparator, DEFAULT_SEPARATOR } from './key-options.js';
import { resolveName, resolveSectionName } from './key-resolve.js';

/** How {@link envFiles} reads. */
export interface EnvFilesOptions {
  /** The folder of the files, relative to the working directory; the working directory itself by default. */
  readonly folder?: string;
  /** What our variables begin with, as in `processEnv`; empty by default. */
  readonly prefix?: string;
  /** What stands between two keys, as in `processEnv`; `__` by default. */
  readonly separator?: string;
  /** Whether `.env.{section}` files are read; `true` by default. */
  readonly sections?: boolean;
  /** Whether `${…}` in values are references; `true` by default. */
  readonly references?: boolean;
  /** The largest size of each file, in bytes; 16 MiB by default. */
  readonly maxBytes?: number;
}

/**
 * Environment files, read by dotenv: `.env`, `.env.{environment}` (its long name: `.env.production`), `.env.{section}`
 * and, except in production, `.env.local`; a later one wins, and none has to be there. Nothing is written to
 * `process.env`.
 *
 * - Names are those of `processEnv`. In a `.env.{section}` file they may leave out prefix and section: `PORT=5432` in
 *   `.env.database` is `database.port`. For a section in camelCase, `.env.http-server` and then `.env.httpServer` are read;
 *   a section called like an environment, or `local`, has no file of its own.
 * - `$NAME` and `$(command)` are plain text. `${…}` is a reference of uno-config, as in every source.
 * - Of a name that a file repeats the last one counts, as in dotenv; a warning is logged.
 *
 * Subpaths: `uno-config`, `uno-config/sources`.
 *
 * @throws TypeError for an option that cannot be meant.
 * @throws ConfigError when it loads: `source-unreadable`, `source-too-large`, `invalid-encoding`, `invalid-text`, and what
 *   `processEnv` throws.
 * @example
 * ```ts
 * const sources = [envFiles({ prefix: 'APP_' }), processEnv({ prefix: 'APP_' })];
 * ```
 */
export function envFiles(options: EnvFilesOptions = {}): ConfigSource {
  const { folder = '.', prefix = '', separator = DEFAULT_SEPARATOR, sections = true } = options;
  const { references = true, maxBytes } = options;
  checkPath('envFiles', 'folder', folder);
  checkFileOptions('envFiles', { ...(maxBytes !== undefined && { maxBytes }) });
  checkPrefix('envFiles', prefix);
  checkSeparator('envFiles', separator);
  return Object.freeze<ConfigSource>({
    name: 'environment files',
    id: sourceId('env-files', folder, options),
    load: async ({ schema, environment, signal, logger }) => {
      const names = compileKeyNames(schema, prefix, separator);
      const files = await readEnvFiles(envFileNames(schema, environment, sections), { folder, signal, maxBytes });
      const read = files.map((file) => {
        warnOfRepeated(file, logger);
        const { section, path, variables } = file;
        return variablesLayer({
          name: path,
          kind: 'env-file',
          names,
          references,
          variables,
          resolve: (name) =>
            section === undefined ? resolveName(name, names) : resolveSectionName(name, section, names),
          folder,
        });
      });
      const issues = read.flatMap((file) => file.issues);
      if (issues.length > 0) throw unusableNames('in the environment files', issues);
      return read.map(({ layer }) => layer);
    },
  });
}

function warnOfRepeated({ path, repeated }: EnvFile, logger: ConfigLogger): void {
  for (const { name, line } of repeated) {
    logger.log({
      level: 'warn',
      event: 'config.source.repeated-key',
      message: `${path} sets ${name} more than once; line ${String(line)} overrides what stands above it.`,
      fields: { source: path, key: name, line },
    });
  }
}
