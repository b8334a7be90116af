import {
  type ByteSize,
  type ConfigLogger,
  type ConfigSource,
  ENVIRONMENTS,
  option,
  type OptionKinds,
  readOptions,
} from '../../core/index.js';
import { envFileNames } from './env-file-names.js';
import type { EnvFile, EnvFileText } from './env-file-read.js';
import { envFolder, parseEnvFile, readEnvFiles, refuseEmptiedEnvFile } from './env-file-read.js';
import type { VariablesLayer } from './env-layer.js';
import { unusableNames, variablesLayer } from './env-layer.js';
import { sourceId, KeptLayers } from '../file/index.js';
import { keyNamesOf } from './key-claims.js';
import {
  NAMING_OPTIONS,
  type NamingOptions,
  refuseFilesWithoutReferences,
  type VariableOptions,
} from './key-options.js';
import type { KeyNames } from './key-names.js';
import { resolveName, resolveSectionName } from './key-resolve.js';
import { Reading, ReadRecord, watchReads } from '../watch/index.js';

/** How {@link envFiles} reads. */
export interface EnvFilesOptions extends NamingOptions {
  /** The folder of the files, relative to the working directory; the working directory itself by default. */
  readonly folder?: string;
  /** What our variables begin with, as in `processEnv`; empty by default. */
  readonly prefix?: string;
  /** The separator of keys, as in `processEnv`; `__` by default. */
  readonly separator?: string;
  /** Whether `.env.{section}` files are read; `true` by default. */
  readonly sections?: boolean;
  /** Whether `${…}` in values are references; `true` by default. */
  readonly references?: boolean;
  /** The largest size of each file; `16MiB` by default. */
  readonly maxSize?: string | ByteSize;
}

/**
 * Environment files, read by dotenv: `.env`, `.env.{environment}` (its long name: `.env.production`), `.env.{section}`
 * and, except in production, `.env.local`; a later one wins, and none has to be there. Nothing is written to
 * `process.env`.
 *
 * - Names are those of `processEnv`. In a `.env.{section}` file they may leave out prefix and section: `PORT=5432` in
 *   `.env.database` is `database.port`. For a section in camelCase, `.env.http-server` and then `.env.httpServer` are read;
 *   a section called like an environment, or `local`, has no file of its own.
 * - `NAME=` is "not set", as in `processEnv`, and `fileVariables` works as there.
 * - `$NAME` and `$(command)` are plain text. `${…}` is a reference of uno-config, as in every source.
 * - Of a name that a file repeats the last one counts, as in dotenv; a warning is logged.
 *
 * Subpaths: `uno-config`, `uno-config/sources`.
 *
 * @throws TypeError for an option that cannot be meant.
 * @throws ConfigError when it loads: `source-unreadable`, `source-too-large`, `invalid-encoding`, `invalid-text`,
 *   `invalid-env-file`, and what `processEnv` throws.
 * @example
 * ```ts
 * const sources = [envFiles({ prefix: 'APP_' }), processEnv({ prefix: 'APP_' })];
 * ```
 */
export function envFiles(options: EnvFilesOptions = {}): ConfigSource {
  const values = readOptions('envFiles', options, OPTIONS);
  const { folder, prefix, separator, sections, references, emptyVariables, fileVariables } = values;
  const { maxSize: maxBytes } = values;
  refuseFilesWithoutReferences('envFiles', fileVariables, references);
  const name = 'environment files';
  const record = new ReadRecord([envFolder(folder)]);
  return Object.freeze<ConfigSource>({
    name,
    id: sourceId('env-files', folder, options),
    load: (context) =>
      record.during(context, async (reading) => {
        const { schema, logger, previous } = context;
        const names = keyNamesOf(schema, prefix, separator);
        const fileNames = envFileNames(schema, context, sections);
        const files = await readEnvFiles(fileNames, { folder, reading, maxBytes });
        const before = kept.byKey(previous);
        const variables = { references, emptyVariables, fileVariables };
        const within: EnvLoad = { reading, names, variables, folder, logger, before };
        const read = await Promise.all(files.map((file) => layerOf(file, within)));
        const issues = read.flatMap((file) => file.issues);
        if (issues.length > 0) throw unusableNames('in the environment files', issues);
        return read.map(({ layer }) => layer);
      }),
    files: async ({ schema, signal, environments = {} }) => {
      const all = [
        ...ENVIRONMENTS.map((environment) => ({ environment })),
        ...Object.entries(environments).map(([environment, like]) => ({ environment, like })),
      ];
      const fileNames = all.flatMap((one) => envFileNames(schema, { ...one, environments }, sections));
      const files = await readEnvFiles(fileNames, { folder, reading: new Reading({ signal }), maxBytes });
      return [...new Set(files.map(({ path }) => path))];
    },
    watch: (context) => watchReads(context, record, { name, maxBytes }),
  });
}

const OPTIONS = {
  ...NAMING_OPTIONS,
  folder: option.or(option.path, '.'),
  sections: option.or(option.flag, true),
  maxSize: option.size,
} satisfies OptionKinds<EnvFilesOptions>;

const kept = new KeptLayers<Pick<EnvFileText, 'text'> & { readonly names: KeyNames }>();

interface EnvLoad {
  readonly reading: Reading;
  readonly names: KeyNames;
  readonly variables: Required<VariableOptions> & { readonly references: boolean };
  readonly folder: string;
  readonly logger: ConfigLogger;
  readonly before: ReturnType<typeof kept.byKey>;
}

async function layerOf(file: EnvFileText, load: EnvLoad): Promise<VariablesLayer> {
  const { section, path, text } = file;
  const { reading, names, folder, logger } = load;
  const key = JSON.stringify([path, section, load.variables]);
  const before = load.before.get(key);
  // Names are checked once for each schema, prefix and separator: the same object means that these are the same too.
  if (before?.facts.text === text && before.facts.names === names) return { layer: before.layer, issues: [] };
  const { variables, repeated, doubtful } = await parseEnvFile(file);
  refuseEmptiedEnvFile(path, variables.length, reading);
  warnOfRepeated(path, repeated, logger);
  warnOfDoubtful(path, doubtful, logger);
  const { layer, issues } = variablesLayer({
    name: path,
    kind: 'env-file',
    names,
    ...load.variables,
    variables,
    resolve: (name) => (section === undefined ? resolveName(name, names) : resolveSectionName(name, section, names)),
    folder,
  });
  return { layer: kept.keep(layer, key, { text, names }), issues };
}

function warnOfRepeated(path: string, repeated: EnvFile['repeated'], logger: ConfigLogger): void {
  for (const { name, line } of repeated) {
    logger.log({
      level: 'warn',
      event: 'config.source.repeated-key',
      message: `${path} sets ${name} more than once; line ${String(line)} overrides the one above it.`,
      fields: { source: path, key: name, line },
    });
  }
}

function warnOfDoubtful(path: string, doubtful: EnvFile['doubtful'], logger: ConfigLogger): void {
  for (const { name, line, doubt } of doubtful) {
    const what = doubt === 'open' ? 'begins with a quote that is not closed' : 'ends before a #';
    logger.log({
      level: 'warn',
      event: 'config.source.doubtful-value',
      message: `${path}:${String(line)}: the value of ${name} ${what}; put the whole value in quotes.`,
      fields: { source: path, key: name, line },
    });
  }
}
