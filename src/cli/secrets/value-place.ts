import { ConfigError, formatPath, parsePath, scopePath, type ConfigPath, type Environment } from '../../core/index.js';
import type { SecretScopeKind } from '../../runtime/index.js';
import { scopeHash } from '../../security/index.js';
import { detectEnvironment } from '../../sources/index.js';
import type { CommandOptions } from '../command.js';
import type { CommandArguments } from '../command-arguments.js';
import { CONFIG_FILE, SELECTORS } from '../common-options.js';
import type { LoadedDefinition } from '../load-definition.js';
import { selected } from '../selected.js';
import { unusable } from '../unusable.js';
import { UsageError } from '../usage-error.js';

/** What tells the place of a value. */
export const PLACE_OPTIONS = {
  app: { type: 'string', value: 'name', description: 'the application; default: that of the configuration file' },
  env: SELECTORS.env,
  scope: {
    type: 'string',
    choices: ['path', 'environment', 'app'],
    description: 'where the value may stand: at its path, or anywhere in its environment or application; default: path',
  },
  ...CONFIG_FILE,
} as const satisfies CommandOptions;

/** The place that a value is made for. */
export interface ValuePlace {
  /** With the indexes of lists. */
  readonly path: ConfigPath;
  /** What a value of this place is bound to. */
  readonly cfg: string;
  /** The same in words, such as `database.password in production of orders`. */
  readonly words: string;
  readonly environment: Environment;
}

/** @throws UsageError for a path that is none, and without an application. */
export function valuePlace(args: CommandArguments, loaded: LoadedDefinition | undefined): ValuePlace {
  const path = pathOf(args.words[0] ?? '');
  const secrets = loaded?.definition.secrets;
  const app = args.text('app') ?? secrets?.app;
  if (app === undefined) {
    throw new UsageError(
      'It is not known for which application.',
      "Write --app <name>, or secrets: { app: '…' } in the configuration file.",
    );
  }
  const environment = environmentOf(args, loaded);
  const scope = scopeKind(args.text('scope'));
  // Without the classes a number is the index of a list: a map is hardly ever keyed by numbers.
  const bound = loaded === undefined ? path.filter((key) => !/^\d+$/.test(key)) : scopePath(loaded.plan.schema, path);
  const words = formatPath(bound);
  if (scope === 'app') return { path, environment, cfg: scopeHash({ app }), words: `any path of ${app}` };
  if (scope === 'environment')
    return { path, environment, cfg: scopeHash({ app, environment }), words: `any path in ${environment} of ${app}` };
  const cfg = scopeHash({ app, environment, path: words });
  return { path, environment, cfg, words: `${words} in ${environment} of ${app}` };
}

function pathOf(text: string): ConfigPath {
  try {
    return parsePath(text);
  } catch (error) {
    throw unusable(error);
  }
}

function environmentOf(args: CommandArguments, loaded: LoadedDefinition | undefined): Environment {
  try {
    return selected(args).environment ?? loaded?.definition.environment ?? detectEnvironment();
  } catch (error) {
    throw ConfigError.is(error) ? unusable(error) : error;
  }
}

function scopeKind(text: string | undefined): SecretScopeKind {
  return text === 'environment' || text === 'app' ? text : 'path';
}
