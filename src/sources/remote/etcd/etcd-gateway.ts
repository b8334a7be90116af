import { ConfigError, isConfigMap, systemClock, SourceUnreachable } from '../../../core/index.js';
import { type HttpClient, lines, type Credential } from '../../../http/index.js';
import { askSource, messagesOf, streamSource } from '../http-source.js';
import { jsonMap } from '../source-errors.js';
import { textOf } from '../store/index.js';

/** What etcd answers: numbers as strings, bytes as Base64, and nothing where it is 0, false or empty. */
export type EtcdAnswer = Readonly<Record<string, unknown>>;

export interface EtcdLogin {
  readonly user: string;
  readonly password: Credential;
}

export interface EtcdGateway {
  /** @throws SourceUnreachable, and ConfigError `source-failed` for what etcd refuses. */
  ask(path: string, body: object): Promise<EtcdAnswer>;
  /** The messages of a watch, each with what it says; ends with the stream. */
  watch(body: object, idle: number, signal: AbortSignal): AsyncIterable<EtcdAnswer>;
  close(): void;
}

export function etcdGateway(name: string, client: HttpClient, login: EtcdLogin | undefined): EtcdGateway {
  const reader = { name, client, clock: systemClock };
  let token: Promise<string> | undefined;

  async function newToken({ user, password }: EtcdLogin): Promise<string> {
    const body = JSON.stringify({ name: user, password: await textOf(password) });
    const { text } = await askSource(reader, { path: '/v3/auth/authenticate', method: 'POST', body });
    const given: unknown = (JSON.parse(text) as { readonly token?: unknown }).token;
    if (typeof given === 'string') return given;
    throw new SourceUnreachable({ source: name, why: 'it gives no token', refused: true });
  }

  /** A token expires, and is got anew once. */
  async function withToken<T>(send: (headers: Readonly<Record<string, string>>) => Promise<T>): Promise<T> {
    const json = { 'content-type': 'application/json' };
    if (login === undefined) return send(json);
    const withOne = async (): Promise<T> => {
      token ??= newToken(login).catch((error: unknown) => {
        token = undefined;
        throw error;
      });
      return send({ ...json, authorization: await token });
    };
    try {
      return await withOne();
    } catch (error) {
      if (!ConfigError.is(error) || error.code !== 'source-refused') throw error;
      token = undefined;
      return withOne();
    }
  }

  return {
    ask: async (path, body) => {
      const { text } = await withToken(async (headers) =>
        askSource(reader, { path, method: 'POST', body: JSON.stringify(body), headers }),
      );
      return jsonMap(text) ?? {};
    },
    watch: async function* (body, idle, signal) {
      const request = { path: '/v3/watch', method: 'POST', body: JSON.stringify({ create_request: body }) } as const;
      const limits = { idle, headers: 30_000, bytes: Number.POSITIVE_INFINITY };
      const stream = await withToken(async (headers) => streamSource(reader, { ...request, headers, limits, signal }));
      for await (const line of messagesOf(name, stream, lines)) {
        const result = jsonMap(line)?.['result'];
        if (isConfigMap(result)) yield result;
      }
    },
    close: () => {
      client.close();
    },
  };
}

export function encoded(text: string): string {
  return Buffer.from(text, 'utf8').toString('base64');
}

export function decoded(value: unknown): string {
  return typeof value === 'string' ? Buffer.from(value, 'base64').toString('utf8') : '';
}
