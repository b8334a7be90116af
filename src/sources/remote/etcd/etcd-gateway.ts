import { isConfigMap, systemClock, SourceUnreachable } from '../../../core/index.js';
import { type HttpClient, lines, type Credential } from '../../../http/index.js';
import { askSource, streamSource, unreachable, type HttpReader } from '../http-source.js';
import { textOf } from '../store/index.js';

/** What etcd answers: numbers as strings, bytes as Base64, and nothing where it is 0, false or empty. */
export type EtcdAnswer = Readonly<Record<string, unknown>>;

export class EtcdGateway {
  readonly #name: string;
  readonly #client: HttpClient;
  readonly #login: EtcdLogin | undefined;

  public constructor(name: string, client: HttpClient, login: EtcdLogin | undefined) {
    this.#name = name;
    this.#client = client;
    this.#login = login;
  }

  /** @throws SourceUnreachable, and ConfigError `source-failed` for what etcd refuses. */
  public async ask(path: string, body: object): Promise<EtcdAnswer> {
    const { text } = await this.#withToken(async (headers) =>
      askSource(this.#reader, { path, method: 'POST', body: JSON.stringify(body), headers }),
    );
    return answerIn(text) ?? {};
  }

  /** The messages of a watch, each with what it says; ends with the stream. */
  public async *watch(body: object, idle: number, signal: AbortSignal): AsyncGenerator<EtcdAnswer, void> {
    const limits = { idle, headers: 30_000, bytes: Number.POSITIVE_INFINITY };
    const stream = await this.#withToken(async (headers) =>
      streamSource(this.#reader, {
        path: '/v3/watch',
        method: 'POST',
        body: JSON.stringify({ create_request: body }),
        headers,
        limits,
        signal,
      }),
    );
    try {
      for await (const line of lines(stream.body)) {
        const result = answerIn(line)?.['result'];
        if (isConfigMap(result)) yield result;
      }
    } catch (error) {
      throw unreachable(this.#name, error);
    } finally {
      stream.close();
    }
  }

  public close(): void {
    this.#client.close();
  }

  get #reader(): Parameters<typeof askSource>[0] {
    return { name: this.#name, client: this.#client, clock: systemClock };
  }

  /** A token expires, and is got anew once. */
  async #withToken<T>(send: (headers: Readonly<Record<string, string>>) => Promise<T>): Promise<T> {
    const json = { 'content-type': 'application/json' };
    if (this.#login === undefined) return send(json);
    try {
      return await send({ ...json, authorization: await this.#login.token(this.#reader) });
    } catch (error) {
      if (Reflect.get(Object(error) as object, 'code') !== 'source-refused') throw error;
      this.#login.forget();
      return send({ ...json, authorization: await this.#login.token(this.#reader) });
    }
  }
}

export function encoded(text: string): string {
  return Buffer.from(text, 'utf8').toString('base64');
}

export function decoded(value: unknown): string {
  return typeof value === 'string' ? Buffer.from(value, 'base64').toString('utf8') : '';
}

function answerIn(text: string): EtcdAnswer | undefined {
  try {
    const answer: unknown = JSON.parse(text);
    return isConfigMap(answer) ? answer : undefined;
  } catch {
    return undefined;
  }
}

/** Gets the token that etcd wants with each request. */
export class EtcdLogin {
  readonly #user: string;
  readonly #password: Credential;
  #token: Promise<string> | undefined;

  public constructor(user: string, password: Credential) {
    this.#user = user;
    this.#password = password;
  }

  public async token(reader: HttpReader): Promise<string> {
    this.#token ??= this.#login(reader).catch((error: unknown) => {
      this.#token = undefined;
      throw error;
    });
    return this.#token;
  }

  public forget(): void {
    this.#token = undefined;
  }

  async #login(reader: HttpReader): Promise<string> {
    const body = JSON.stringify({ name: this.#user, password: await textOf(this.#password) });
    const { text } = await askSource(reader, { path: '/v3/auth/authenticate', method: 'POST', body });
    const token: unknown = (JSON.parse(text) as { readonly token?: unknown }).token;
    if (typeof token === 'string') return token;
    throw new SourceUnreachable({ source: reader.name, why: 'it gives no token', refused: true });
  }
}
