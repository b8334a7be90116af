import {
  ConfigError,
  type ConfigSource,
  option,
  type OptionKinds,
  OptionMistake,
  readOptions,
  type Selectors,
  systemClock,
  type TimeSpan,
} from '../../../core/index.js';
import {
  type Credential,
  type CredentialHeader,
  httpAddress,
  HttpClient,
  type HttpTls,
  isCredential,
  serverSentEvents,
  textOf,
} from '../../../http/index.js';
import { askSource, type HttpReader, messagesOf, streamSource } from '../http-source.js';
import { remoteSource, type RemoteAnswer, type RemoteReadContext } from '../remote-source.js';
import type { RemoteWatchContext } from '../remote-watch.js';
import { readEnvironment } from './spring-environment.js';

/** What {@link springConfigSource} takes. */
export interface SpringConfigSourceOptions {
  /** The server: `https://config.internal:8888`; of several the first that answers. Plain HTTP on this machine only. */
  readonly address: string | readonly string[];
  /** What the settings are called there: `spring.application.name`. */
  readonly application: string;
  /** The profiles, the last one winning. Default: the environment. */
  readonly profiles?: readonly string[];
  /** The branch, tag or other version; of several the first that the server has. Default: the server's own. */
  readonly label?: string | readonly string[];
  /** Who asks, where the server wants to know: a bearer token, or a user with a password. */
  readonly login?: { readonly bearer: Credential } | { readonly user: string; readonly password: Credential };
  /** A token for the server's Vault, sent as `X-Config-Token`. */
  readonly vaultToken?: Credential;
  /** Authorities that are trusted in place of those of Node; the certificate and the key of this client. */
  readonly tls?: HttpTls;
  /** Whether the server gives notice of changes, as `uno-config serve` does. Default: false. */
  readonly notices?: boolean;
  /** The time between reads, with or without a change notice. Default: `1m`. */
  readonly poll?: TimeSpan;
  /** The longest that one read may take, and a start may wait. Default: `10s`. */
  readonly timeout?: TimeSpan;
  /** A notified change is read after a random part of this time. Default: `100ms`. */
  readonly jitter?: TimeSpan;
  /** Whether `${…}` in strings are references. Default: true. */
  readonly references?: boolean;
}

const CREDENTIAL = option.kind('a function that gives it, or a SecureValue', isCredential);
const BEARER = { bearer: option.required(CREDENTIAL) };
const BASIC = { user: option.required(option.name), password: option.required(CREDENTIAL) };
const TLS = {
  ca: option.text,
  cert: option.text,
  key: CREDENTIAL,
  servername: option.name,
} satisfies OptionKinds<HttpTls>;

/** Of an application, a profile or a label: without steps out of a folder, escapes, fragments and queries. */
const NAME = option.kind('a name without "..", "#", "%", "?", "\\" and spaces', isSafeName);

const OPTIONS = {
  address: option.required(option.either(option.name, option.listOf(option.name))),
  application: option.required(NAME),
  profiles: option.listOf(NAME),
  label: option.either(NAME, option.listOf(NAME)),
  login: option.either(
    option.options<{ readonly bearer: Credential }, typeof BEARER>(BEARER),
    option.options<{ readonly user: string; readonly password: Credential }, typeof BASIC>(BASIC),
  ),
  vaultToken: CREDENTIAL,
  tls: option.options<HttpTls, typeof TLS>(TLS),
  notices: option.or(option.flag, false),
  poll: option.anything,
  timeout: option.anything,
  jitter: option.anything,
  references: option.flag,
} satisfies OptionKinds<SpringConfigSourceOptions>;

const V2 = 'application/vnd.spring-cloud.config-server.v2+json';
/** The server gives a sign of life every 15 seconds. A connection that is silent for longer is lost. */
const SILENCE = 60_000;

/**
 * Settings of a Spring Cloud Config server, or of `uno-config serve`: a layer for each of its property sources, each value
 * with the file and line that the server names, and its commit. `{cipher}` values that the server hands on are opened with
 * `secrets.spring`; one that the server could not decrypt is refused. Subpath: `uno-config/sources/spring`.
 *
 * @throws TypeError naming an option that cannot be used.
 * @throws ConfigError when it is read: `source-unreachable`, `source-refused`, `source-not-found` for a label or an application
 *   that the server does not have, `source-failed`, `invalid-json`, `not-a-map`, `spring-cipher-not-opened`.
 * @example
 * ```ts
 * const source = springConfigSource({
 *   address: 'https://config.internal:8888',
 *   application: 'orders',
 *   login: { user: 'orders', password: () => process.env['CONFIG_PASSWORD'] ?? '' },
 * });
 * ```
 */
export function springConfigSource(options: SpringConfigSourceOptions): ConfigSource {
  const { address, application, profiles, label, login, vaultToken, tls, notices, ...rest } = readOptions(
    'springConfigSource',
    options,
    OPTIONS,
  );
  const name = `spring ${application}`;
  const credentials = [...loginHeader(login), ...headerOf('x-config-token', vaultToken)];
  const addresses = typeof address === 'string' ? [address] : address;
  if (addresses.length === 0) throw new OptionMistake('springConfigSource: address must name at least one server.');
  const readers = addresses.map((one) => ({
    name,
    clock: systemClock,
    client: new HttpClient({
      address: httpAddress('springConfigSource: address', one, 'https://config.internal:8888'),
      clock: systemClock,
      headers: { accept: `${V2}, application/json;q=0.9` },
      credentials,
      tls,
    }),
  }));
  const paths = (selectors: Selectors): readonly string[] => {
    const wanted = (profiles ?? [selectors.environment]).join(',');
    const labels = label === undefined || typeof label === 'string' ? [label] : label;
    return labels.map(
      (one) =>
        `/${[application, wanted, one].flatMap((part) => (part === undefined ? [] : [segment(part)])).join('/')}`,
    );
  };
  const { poll, timeout, jitter = '100ms', references } = rest;
  return remoteSource({
    name,
    jitter,
    ...(poll !== undefined && { poll }),
    ...(timeout !== undefined && { timeout }),
    read: async (context) => read(name, readers, paths(context.selectors), references, context),
    ...(notices && { watch: async (context) => listen(readers, paths(context.selectors), context) }),
    close: () => {
      for (const { client } of readers) client.close();
    },
  });
}

async function read(
  name: string,
  readers: readonly HttpReader[],
  paths: readonly string[],
  references: boolean | undefined,
  { known, signal, logger }: RemoteReadContext,
): Promise<RemoteAnswer | 'unchanged'> {
  const isTag = typeof known === 'string' && /^(?:W\/)?"/.test(known);
  const headers = isTag ? { 'if-none-match': known } : {};
  const {
    status,
    text,
    headers: given,
  } = await firstThere(readers, paths, async (reader, path) => askSource(reader, { path, headers, signal }));
  if (status === 304) return 'unchanged';
  const { layers, revision } = readEnvironment({ name, text, etag: given.etag, references, logger });
  return { value: layers, revision };
}

/** The first answer: servers in order until one can be reached, labels in order until there is one. */
async function firstThere<T>(
  readers: readonly HttpReader[],
  paths: readonly string[],
  ask: (reader: HttpReader, path: string) => Promise<T>,
): Promise<T> {
  let failure: unknown;
  for (const reader of readers) {
    try {
      return await firstLabel(paths, async (path) => ask(reader, path));
    } catch (error) {
      failure = error;
      // Whatever this one says of the settings, the others say too.
      if (!ConfigError.is(error) || error.code !== 'source-unreachable') throw error;
    }
  }
  throw failure;
}

async function firstLabel<T>(paths: readonly string[], ask: (path: string) => Promise<T>): Promise<T> {
  let failure: unknown;
  for (const path of paths) {
    try {
      return await ask(path);
    } catch (error) {
      failure = error;
      if (!ConfigError.is(error) || error.code !== 'source-not-found') throw error;
    }
  }
  throw failure;
}

/** Hears of changes as server-sent events, whose ids are the tags of the answers. */
async function listen(
  readers: readonly HttpReader[],
  paths: readonly string[],
  { changed, signal }: RemoteWatchContext,
): Promise<void> {
  const limits = { idle: SILENCE, headers: 30_000, bytes: Number.POSITIVE_INFINITY };
  const stream = await firstThere(readers, paths, async (reader, path) =>
    streamSource(reader, { path, headers: { accept: 'text/event-stream' }, limits, signal }),
  );
  for await (const { type, id } of messagesOf('the stream', stream, serverSentEvents)) {
    if (type === 'change') changed(id === '' ? undefined : id);
  }
}

function loginHeader(login: SpringConfigSourceOptions['login']): readonly CredentialHeader[] {
  if (login === undefined) return [];
  if ('bearer' in login) return [{ header: 'authorization', scheme: 'Bearer ', secret: login.bearer }];
  const { user, password } = login;
  const secret = async (): Promise<string> => Buffer.from(`${user}:${await textOf(password)}`).toString('base64');
  return [{ header: 'authorization', scheme: 'Basic ', secret }];
}

function headerOf(header: string, secret: Credential | undefined): readonly CredentialHeader[] {
  return secret === undefined ? [] : [{ header, secret }];
}

/** Servers take no slash in a part of a path, escaped or not. */
function segment(part: string): string {
  return encodeURIComponent(part.replaceAll('/', '(_)'));
}

function isSafeName(value: unknown): boolean {
  return typeof value === 'string' && /^[\p{L}\p{N}_][^\s\\#%?\p{Cc}]{0,199}$/u.test(value) && !value.includes('..');
}
