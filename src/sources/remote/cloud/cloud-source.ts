import {
  compilePathPattern,
  ConfigError,
  type ConfigPath,
  type ConfigSource,
  foldKey,
  option,
  type OptionKinds,
  type OptionValues,
  parsePath,
  type Revision,
  type TimeSpan,
} from '../../../core/index.js';
import { type RemoteReadContext, remoteSource } from '../remote-source.js';
import { unreachable } from '../http-source.js';
import type { RemoteWatch } from '../remote-watch.js';
import { untilAborted } from '../until-aborted.js';
import { nothingThere } from '../source-errors.js';
import { type StoredValue, valueLayer } from './value-layer.js';

/** What all sources take that read a store of a cloud. */
export interface CloudSourceOptions {
  /** How errors, logs and explanations call the source. Default: the service and the place in it. */
  readonly name?: string;
  /** The path of settings below which the values go: `orders.db`. Default: the root. */
  readonly at?: string;
  /** The time between reads. Default: `1m`. */
  readonly poll?: TimeSpan;
  /** The longest that one read may take. Default: `10s`. */
  readonly timeout?: TimeSpan;
  /** Whether `${…}` in strings are references. Default: true. */
  readonly references?: boolean;
}

/** What the sources over stores of secrets take besides. */
export interface SecretStoreOptions extends CloudSourceOptions {
  /**
   * The values that are no secrets, as patterns of paths such as `orders.db.user` or `**.host`; `true` for all. Every other
   * value is a `SecureValue`, which only a field with `@Secure` takes. Default: none.
   */
  readonly plain?: boolean | readonly string[];
}

export const CLOUD_OPTIONS = {
  name: option.name,
  at: option.kind('a path of settings, such as orders.db', isPath),
  poll: option.or(option.positiveSpan, 60_000),
  timeout: option.or(option.positiveSpan, 10_000),
  references: option.or(option.flag, true),
} satisfies OptionKinds<CloudSourceOptions>;

export const SECRET_STORE_OPTIONS = {
  ...CLOUD_OPTIONS,
  plain: option.either(option.flag, option.listOf(option.kind('a pattern of paths, such as **.user', isPattern))),
} satisfies OptionKinds<SecretStoreOptions>;

export type ReadCloudOptions = OptionValues<CloudSourceOptions, typeof CLOUD_OPTIONS> &
  Partial<Pick<OptionValues<SecretStoreOptions, typeof SECRET_STORE_OPTIONS>, 'plain'>>;

export interface CloudAnswer {
  readonly values: readonly StoredValue[];
  readonly revision: Revision;
  /** When it came to be, in milliseconds since 1970. */
  readonly at?: number | undefined;
  /** The milliseconds after which the service wants to be asked again. */
  readonly next?: number | undefined;
}

export interface CloudStore {
  /** Where `name` is not given. */
  readonly name: string;
  readonly read: (context: RemoteReadContext & { readonly source: string }) => Promise<CloudAnswer | 'unchanged'>;
  /** The error for what the read has thrown; it may not repeat what that holds. */
  readonly failure?: (source: string, error: unknown) => unknown;
  readonly watch?: RemoteWatch;
  /** Milliseconds in a random part of which a notified change is read. */
  readonly jitter?: number;
  readonly close?: () => void | Promise<void>;
}

export function cloudSource(options: ReadCloudOptions, store: CloudStore): ConfigSource {
  const { at: place, poll, timeout, references, plain = false } = options;
  const name = options.name ?? store.name;
  const at = place === undefined ? [] : parsePath(place);
  const isPlain = plainPaths(plain);
  const { watch, jitter = 0, close, failure = unreachable } = store;
  return remoteSource({
    name,
    poll: { milliseconds: poll },
    timeout: { milliseconds: timeout },
    jitter: { milliseconds: jitter },
    read: async (context) => {
      const answer = await untilAborted(context.signal, store.read({ ...context, source: name })).catch(
        (error: unknown) => {
          throw failure(name, error);
        },
      );
      if (answer === 'unchanged') return answer;
      const { values, ...facts } = answer;
      const layer = valueLayer(values, { name, schema: context.schema, at, references, isPlain });
      // What holds nothing is more often looked for in the wrong place than emptied on purpose.
      if (Object.keys(layer.tree).length === 0) throw nothingThere(name);
      return { value: [layer], ...facts };
    },
    ...(watch !== undefined && { watch }),
    ...(close !== undefined && { close }),
  });
}

function plainPaths(plain: boolean | readonly string[]): (path: ConfigPath) => boolean {
  if (typeof plain === 'boolean') return () => plain;
  const matchers = plain.map((pattern) => compilePathPattern(pattern));
  return (path) => {
    const keys = path.map(foldKey);
    return matchers.some((matches) => matches(keys));
  };
}

function isPath(value: unknown): boolean {
  try {
    return typeof value === 'string' && parsePath(value).length > 0;
  } catch (error) {
    if (ConfigError.is(error)) return false;
    throw error;
  }
}

function isPattern(value: unknown): boolean {
  try {
    compilePathPattern(String(value));
    return typeof value === 'string';
  } catch (error) {
    if (error instanceof TypeError) return false;
    throw error;
  }
}
