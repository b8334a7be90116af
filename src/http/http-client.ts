import { createHash } from 'node:crypto';
import type { ClientRequest, IncomingHttpHeaders, IncomingMessage } from 'node:http';
import * as http from 'node:http';
import * as https from 'node:https';
import type { SecureContext } from 'node:tls';
import { createSecureContext } from 'node:tls';
import { credentialHeaders, type Credential, type CredentialHeader } from './credential.js';
import { HttpFailure, httpFailureOf } from './http-failure.js';

/** Time as the client needs it. */
export interface HttpClock {
  after(milliseconds: number, callback: () => void): () => void;
}

/** How long the parts of an exchange may take, in milliseconds, and how large an answer may be. */
export interface HttpLimits {
  /** Until the connection stands, TLS included. Default: 5 s. */
  readonly connect?: number;
  /** From there to the headers of the answer. Default: 30 s. */
  readonly headers?: number;
  /** Between two pieces of the answer. Default: 30 s. */
  readonly idle?: number;
  /** For everything together. Default: 60 s; none for an answer that is read as a stream. */
  readonly total?: number;
  /** The largest answer, in bytes. Default: 16 MiB; none for an answer that is read as a stream. */
  readonly bytes?: number;
}

/** How the server proves who it is, and the client. */
export interface HttpTls {
  /** Certificate authorities, as PEM; those that Node trusts when absent. */
  readonly ca?: string | undefined;
  /** The certificate of the client, as PEM. */
  readonly cert?: string | undefined;
  /** Its private key, as PEM. */
  readonly key?: Credential | undefined;
  /** The name that the certificate of the server must have; the host of the address when absent. */
  readonly servername?: string | undefined;
}

export interface HttpClientOptions {
  /** Every path starts from it. */
  readonly address: URL;
  readonly clock: HttpClock;
  /** Sent with every request. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly credentials?: readonly CredentialHeader[];
  readonly limits?: HttpLimits;
  readonly tls?: HttpTls | undefined;
  /**
   * How many redirections a GET may follow. Default: none. They never lead to another origin: a server could have us ask
   * one that only we can reach, such as the metadata service of a cloud.
   */
  readonly redirects?: number;
}

export interface HttpRequest {
  /** Behind the address, with its query: `/v1/keys?recurse`. */
  readonly path: string;
  /** Default: GET. */
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly signal?: AbortSignal | undefined;
  /** Instead of those of the client. */
  readonly limits?: HttpLimits;
}

/** An answer whose body is still to be read, by whoever has it, or to be closed. */
export interface HttpStream {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** To be read once. Throws an `HttpFailure` where the body does not come to its end. */
  readonly body: AsyncIterable<Buffer>;
  close(): void;
}

export interface HttpAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

const DEFAULTS = { connect: 5_000, headers: 30_000, idle: 30_000 } as const;
const DEFAULT_TOTAL = 60_000;
const DEFAULT_BYTES = 16 * 1024 * 1024;
/** A connection that nobody has ended may have been lost all the same; this finds out. */
const KEEP_ALIVE_MILLISECONDS = 15_000;

/**
 * Asks one server. Connections are kept open between requests, do not keep the process alive meanwhile, and are closed
 * with the client. Every status is an answer; what is none is an {@link HttpFailure}.
 */
export class HttpClient {
  readonly #options: HttpClientOptions;
  readonly #agents: { readonly 'http:': http.Agent; readonly 'https:': https.Agent };
  #context: { readonly digest: string; readonly made: SecureContext } | undefined;

  public constructor(options: HttpClientOptions) {
    this.#options = options;
    const kept = { keepAlive: true, keepAliveMsecs: KEEP_ALIVE_MILLISECONDS };
    this.#agents = { 'http:': new http.Agent(kept), 'https:': new https.Agent(kept) };
  }

  /** @throws HttpFailure when there is no whole answer. */
  public async ask(request: HttpRequest): Promise<HttpAnswer> {
    const limits = { total: DEFAULT_TOTAL, bytes: DEFAULT_BYTES, ...this.#options.limits, ...request.limits };
    const { status, headers, body } = await this.open({ ...request, limits });
    const chunks: Buffer[] = [];
    for await (const chunk of body) chunks.push(chunk);
    return { status, headers, text: Buffer.concat(chunks).toString('utf8') };
  }

  /** @throws HttpFailure when there is no answer. */
  public async open(request: HttpRequest): Promise<HttpStream> {
    const { address, redirects = 0 } = this.#options;
    let url = new URL(`${address.href.replace(/\/+$/, '')}${request.path}`);
    for (let left = redirects; ; left--) {
      const answer = await this.#sendTwice(url, request);
      const { location } = answer.headers;
      const isGet = (request.method ?? 'GET') === 'GET';
      if (redirects === 0 || !isGet || !REDIRECTIONS.has(answer.status) || location === undefined) return answer;
      answer.close();
      if (left === 0) throw new HttpFailure('redirect', 'it redirects too often');
      url = redirected(url, location);
    }
  }

  public close(): void {
    for (const agent of Object.values(this.#agents)) agent.destroy();
  }

  /** A kept connection may be closed by the server just when it is used again; a GET is then asked once more. */
  async #sendTwice(url: URL, request: HttpRequest): Promise<HttpStream> {
    try {
      return await this.#send(url, request);
    } catch (error) {
      const isLost = error instanceof LostConnection && (request.method ?? 'GET') === 'GET';
      if (!isLost) throw error instanceof LostConnection ? error.failure : error;
      return this.#send(url, request).catch((again: unknown) => {
        throw again instanceof LostConnection ? again.failure : again;
      });
    }
  }

  async #send(url: URL, { method = 'GET', headers, body, signal, limits }: HttpRequest): Promise<HttpStream> {
    if (signal?.aborted === true) throw given();
    const { credentials = [], clock, tls } = this.#options;
    const exchange = new Exchange(clock, { ...DEFAULTS, ...this.#options.limits, ...limits }, signal);
    try {
      const write = await exchange.wait(credentialHeaders(credentials));
      const isSecure = url.protocol === 'https:';
      const secureContext = isSecure && tls !== undefined ? await exchange.wait(this.#secureContext(tls)) : undefined;
      const sent = (isSecure ? https : http).request(url, {
        method,
        headers: { 'accept-encoding': 'identity', ...this.#options.headers, ...headers },
        agent: this.#agents[isSecure ? 'https:' : 'http:'],
        ...(tls?.servername !== undefined && { servername: tls.servername }),
        // Part of what a connection is made with, though the types of a request do not say so.
        ...(secureContext !== undefined && { secureContext }),
      });
      try {
        write((name, text) => sent.setHeader(name, text));
      } catch (error) {
        sent.on('error', () => undefined).destroy();
        throw error;
      }
      return await exchange.answer(sent, body);
    } catch (error) {
      exchange.end();
      throw error instanceof LostConnection ? error : httpFailureOf(error);
    }
  }

  async #secureContext({ ca, cert, key }: HttpTls): Promise<SecureContext> {
    try {
      const asked = typeof key === 'function' ? await key() : key;
      const make = (text: string | undefined): SecureContext => {
        const digest = createHash('sha256')
          .update(text ?? '')
          .digest('hex');
        if (digest !== this.#context?.digest)
          this.#context = { digest, made: createSecureContext({ ca, cert, key: text }) };
        return this.#context.made;
      };
      return typeof asked === 'object' ? asked.use(make) : make(asked);
    } catch {
      // OpenSSL may quote what it does not take.
      throw new HttpFailure('certificate', 'the certificate or the key of the client cannot be used');
    }
  }
}

function redirected(from: URL, location: string): URL {
  const to = URL.canParse(location, from.href) ? new URL(location, from.href) : undefined;
  if (to?.origin !== from.origin) throw new HttpFailure('redirect', 'it redirects to another origin');
  return to;
}

const REDIRECTIONS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

class LostConnection extends Error {
  public constructor(public readonly failure: HttpFailure) {
    super(failure.message);
  }
}

type Limits = HttpLimits & Required<Pick<HttpLimits, 'connect' | 'headers' | 'idle'>>;

/** One request and its answer, ended by whichever limit comes first. */
class Exchange {
  readonly #clock: HttpClock;
  readonly #limits: Limits;
  readonly #signal: AbortSignal | undefined;
  readonly #ended: Promise<never>;
  #end: (failure: HttpFailure) => void = () => undefined;
  #destroy: (failure: HttpFailure) => void = () => undefined;
  #cancelStage: () => void = () => undefined;
  #cancelTotal: () => void = () => undefined;
  #failure: HttpFailure | undefined;

  public constructor(clock: HttpClock, limits: Limits, signal: AbortSignal | undefined) {
    this.#clock = clock;
    this.#limits = limits;
    this.#signal = signal;
    this.#ended = new Promise((_, reject) => (this.#end = reject));
    // Often nobody waits for it any more.
    this.#ended.catch(() => undefined);
    signal?.addEventListener('abort', this.#abort, { once: true });
    const { total } = limits;
    if (total === undefined) return;
    const late = new HttpFailure('total-timeout', `the answer was not complete within ${String(total)} ms`);
    this.#cancelTotal = clock.after(total, () => {
      this.#fail(late);
    });
  }

  readonly #abort = (): void => {
    this.#fail(given());
  };

  /** Waits for something, for as long as this lasts. */
  public async wait<Result>(work: Promise<Result>): Promise<Result> {
    return Promise.race([work, this.#ended]);
  }

  /** Sends the request, and waits for the headers of the answer. */
  public async answer(sent: ClientRequest, body: string | undefined): Promise<HttpStream> {
    const { connect, headers } = this.#limits;
    const response = new Promise<IncomingMessage>((resolve, reject) => {
      sent.on('response', resolve);
      sent.on('error', (error) => {
        const failure = this.#failure ?? httpFailureOf(error);
        const isLost = sent.reusedSocket && failure.kind === 'network' && this.#failure === undefined;
        reject(isLost ? new LostConnection(failure) : failure);
      });
    });
    this.#destroy = (failure) => void sent.destroy(failure);
    this.#stage(connect, 'connect-timeout', `there was no connection within ${String(connect)} ms`);
    const connected = (): void => {
      this.#stage(headers, 'headers-timeout', `there was no answer within ${String(headers)} ms`);
    };
    sent.on('socket', (socket) => {
      if (socket.connecting) socket.once('encrypted' in socket ? 'secureConnect' : 'connect', connected);
      else connected();
    });
    sent.end(body);
    const incoming = await this.wait(response);
    this.#cancelStage();
    // Whoever closes an answer half way knows it; whoever reads it hears of it there.
    incoming.on('error', () => undefined);
    this.#destroy = (failure) => void incoming.destroy(failure);
    const { statusCode = 0 } = incoming;
    return {
      status: statusCode,
      headers: incoming.headers,
      body: this.#chunks(incoming),
      close: () => {
        this.end();
        incoming.destroy();
      },
    };
  }

  public end(): void {
    this.#cancelStage();
    this.#cancelTotal();
    this.#signal?.removeEventListener('abort', this.#abort);
  }

  async *#chunks(incoming: IncomingMessage): AsyncGenerator<Buffer, void> {
    const { idle, bytes = Number.POSITIVE_INFINITY } = this.#limits;
    // Of buffers, as long as nobody sets an encoding.
    const chunks = incoming[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
    let received = 0;
    try {
      for (;;) {
        this.#stage(idle, 'idle-timeout', `nothing came for ${String(idle)} ms in the middle of the answer`);
        const next = await chunks.next();
        this.#cancelStage();
        if (next.done === true) break;
        received += next.value.length;
        if (received > bytes) throw new HttpFailure('too-large', `the answer is larger than ${String(bytes)} bytes`);
        yield next.value;
      }
      if (!incoming.complete) throw cut();
    } catch (error) {
      throw this.#failure ?? (error instanceof HttpFailure ? error : cut());
    } finally {
      this.end();
      if (!incoming.complete) incoming.destroy();
    }
  }

  #stage(milliseconds: number, kind: 'connect-timeout' | 'headers-timeout' | 'idle-timeout', why: string): void {
    this.#cancelStage();
    this.#cancelStage = this.#clock.after(milliseconds, () => {
      this.#fail(new HttpFailure(kind, why));
    });
  }

  #fail(failure: HttpFailure): void {
    if (this.#failure !== undefined) return;
    this.#failure = failure;
    this.end();
    this.#end(failure);
    this.#destroy(failure);
  }
}

function given(): HttpFailure {
  return new HttpFailure('aborted', 'the request was given up');
}

function cut(): HttpFailure {
  return new HttpFailure('cut', 'the connection ended in the middle of the answer');
}
