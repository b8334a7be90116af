import { type ConfigSource, option, type OptionKinds, readOptions } from '../../core/index.js';
import type { Variable } from './env-layer.js';
import { unusableNames, variablesLayer } from './env-layer.js';
import { keyNamesOf } from './key-claims.js';
import { NAMING_OPTIONS, type NamingOptions, refuseFilesWithoutReferences } from './key-options.js';
import { resolveName } from './key-resolve.js';

/** How {@link processEnv} reads. */
export interface ProcessEnvOptions extends NamingOptions {
  /**
   * What our variables begin with, such as `APP_`. A name that begins with it and fits no field is an unknown key. Empty
   * by default: only the names of fields and names declared with `@EnvName` are read, and any other is ignored.
   */
  readonly prefix?: string;
  /** The variables; `process.env`, as it is when the source loads, by default. Never written. */
  readonly env?: Readonly<Record<string, string | undefined>>;
}

/**
 * The environment variables of the process. The legal names are given by the settings classes:
 * `database.pool.maxSize` is `APP_DATABASE__POOL__MAX_SIZE`, besides aliases (spelled the same way) and names declared
 * with `@EnvName` (exact, without prefix; the spelled name wins over them).
 *
 * - Names match exactly, case included (Windows itself compares without case).
 * - Lists: `APP_SERVERS__0__HOST`, numbered from 0 without gaps, or one string: `APP_TAGS=a,b`, `APP_TAGS=["a","b"]`.
 * - Keys of maps are data: all capitals are lower-cased (`APP_POOLS__PRIMARY__MAX` is `pools.primary.max`), anything else
 *   is kept as written.
 * - A section, list or map may be one JSON string, but not also be given in parts. Without a prefix a top-level one must
 *   begin with `{` or `[`, so that a section called `user` does not take the machine's own `USER`.
 * - `NAME=` is "not set", whatever the type of the field; `!unset` removes what lower sources set; `[]` and `{}` empty a
 *   list or map.
 * - `${…}` in values are references. With `fileVariables`, `NAME_FILE=/run/secrets/x` gives `NAME` the content of a file.
 *
 * Subpaths: `uno-config`, `uno-config/sources`.
 *
 * @throws TypeError for an option that is no legal string.
 * @throws ConfigError when it loads: `ambiguous-environment-name`, `conflicting-keys`, `missing-item`, `invalid-key`
 *   or `forbidden-key`.
 * @example
 * ```ts
 * const sources = [yamlFile('config/app.yaml'), processEnv({ prefix: 'APP_' })];
 * ```
 */
export function processEnv(options: ProcessEnvOptions = {}): ConfigSource {
  const { prefix, separator, references, emptyVariables, fileVariables, env } = readOptions(
    SOURCE_CALL,
    options,
    OPTIONS,
  );
  refuseFilesWithoutReferences(SOURCE_CALL, fileVariables, references);
  return Object.freeze<ConfigSource>({
    name: SOURCE,
    ...(env === undefined && {
      id: `process-env:${JSON.stringify([prefix, separator, references, emptyVariables, fileVariables])}`,
    }),
    load: ({ schema }) => {
      const names = keyNamesOf(schema, prefix, separator);
      const { layer, issues } = variablesLayer({
        name: SOURCE,
        kind: 'environment',
        names,
        references,
        emptyVariables,
        fileVariables,
        variables: variablesOf(env ?? process.env),
        resolve: (name) => resolveName(name, names),
      });
      if (issues.length > 0) throw unusableNames('in the environment', issues);
      return layer;
    },
  });
}

const SOURCE = 'environment';
const SOURCE_CALL = 'processEnv';

const OPTIONS = { ...NAMING_OPTIONS, env: option.variables } satisfies OptionKinds<ProcessEnvOptions>;

function* variablesOf(env: Readonly<Record<string, string | undefined>>): Iterable<Variable> {
  for (const [name, text] of Object.entries(env)) {
    if (text !== undefined) yield { name, text, origin: { kind: 'environment', source: SOURCE, key: name } };
  }
}
