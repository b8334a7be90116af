import { canonicalPath } from '../../binding/index.js';
import { ConfigError, type ConfigPath, environmentNames, formatPath, scopePath } from '../../core/index.js';
import { type Keyset, scopeHash } from '../../security/index.js';
import type { CommandArguments, CommandIo } from '../command.js';
import type { LoadedDefinition } from '../load-definition.js';
import { DefinitionOnDemand, keysForValues } from '../secrets/index.js';
import { UsageError } from '../usage-error.js';

/** Makes an encrypted value for another path. Rejects with a {@link UsageError} when it cannot. */
export type EncryptAgain = (token: string, from: ConfigPath, to: ConfigPath) => Promise<string>;

/**
 * Encrypts values again whose path changes: one that is bound to its path opens nowhere else. The keys are read when
 * there is such a value, once for each environment.
 */
export function encryptAgain(
  args: CommandArguments,
  io: CommandIo,
  { definition, plan }: LoadedDefinition,
  tenant?: string,
): EncryptAgain {
  const keysets = new Map<string, Promise<Keyset>>();
  const keysOf = (environment: string): Promise<Keyset> => {
    const onDemand = new DefinitionOnDemand(args, io);
    const request = { use: 'encrypt', file: args.text('keyring'), definition: onDemand, environment } as const;
    let keyset = keysets.get(environment);
    if (keyset === undefined) keysets.set(environment, (keyset = keysForValues(io, request)()));
    return keyset;
  };
  return async (token, from, to) => {
    const app = args.text('app') ?? definition.secrets?.app;
    const what = formatPath(from);
    if (app === undefined) {
      throw new UsageError(
        `${what} is encrypted, and it is not known for which application`,
        "Write --app <name>, or secrets: { app: '…' } in the configuration file.",
      );
    }
    const owner = { app, ...(tenant !== undefined && { tenant }) };
    const place = formatPath(scopePath(plan.schema, canonicalPath(plan.schema, to)));
    const paths = new Set([from, from.map(camelCase)].flatMap((path) => [path, withoutIndexes(path)]).map(formatPath));
    const environments = environmentNames(plan.environments);
    let keyset: Keyset | undefined;
    for (const environment of environments) {
      keyset = await keysOf(environment).catch(() => undefined);
      const { cfg, sealed } = keyset?.inspect(token) ?? {};
      if (keyset === undefined || cfg === undefined) continue;
      const wanted = scopeHash({ ...owner, environment, path: place });
      if ([scopeHash(owner), scopeHash({ ...owner, environment }), wanted].includes(cfg)) return token;
      if (![...paths].some((path) => scopeHash({ ...owner, environment, path }) === cfg)) continue;
      return again(keyset, token, { cfg, wanted, sealed: sealed === true, what });
    }
    throw new UsageError(
      `${what} is encrypted, and ${keyset === undefined ? 'there are no keys to open it with' : `not for this path of ${app}`}`,
      keyset === undefined
        ? 'Write --keyring <file>, or secrets: { keyring } in the configuration file.'
        : `Encrypt it anew: uno-config encrypt ${place}.`,
    );
  };
}

interface Again {
  readonly cfg: string;
  readonly wanted: string;
  readonly sealed: boolean;
  readonly what: string;
}

function again(keyset: Keyset, token: string, { cfg, wanted, sealed, what }: Again): string {
  try {
    const { bytes } = keyset.open(token, [cfg]);
    try {
      return sealed ? keyset.seal(bytes, wanted) : keyset.encrypt(bytes, wanted);
    } finally {
      bytes.fill(0);
    }
  } catch (error) {
    if (!ConfigError.is(error)) throw error;
    throw new UsageError(
      `${what} is encrypted, and the keys that are here do not open it`,
      'Name others with --keyring.',
    );
  }
}

function camelCase(key: string): string {
  return key.replace(/[-_]+([A-Za-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}

function withoutIndexes(path: ConfigPath): ConfigPath {
  return path.filter((key) => !/^\d+$/.test(key));
}
