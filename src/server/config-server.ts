import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import {
  type Clock,
  type ConfigLogger,
  guardLogger,
  kindOfThrown,
  option,
  type OptionKinds,
  OptionMistake,
  readOptions,
  silentLogger,
  systemClock,
} from '../core/index.js';
import { type Credential, isCredential, textOf } from '../http/index.js';
import { accepts, COMMON_HEADERS, hasTag, JSON_TYPE, refuse, waitOf } from './http-words.js';
import { ReadRecords, type ServerAudit } from './read-records.js';
import { type RequestTarget, type TargetPlace, targetOf } from './request-target.js';
import { type ServedAnswer, type ServedApplication, ServedApplications } from './served-applications.js';
import { type Caller, Callers, CLIENTS, type ServerClient } from './server-client.js';
import { WaitingClients } from './waiting-clients.js';

/** How the server proves who it is, and whom it believes. */
export interface ServerTls {
  /** Its certificate, as PEM, with those between it and the authority. */
  readonly cert: string;
  /** Its private key, as PEM. */
  readonly key: Credential;
  /** The authorities that vouch for the certificates of clients, as PEM. Without them no client has any. */
  readonly clientAuthorities?: string | undefined;
}

/** What {@link configServer} takes. */
export interface ConfigServerOptions {
  /** By their names. Those of `application` are shared by all, below their own. */
  readonly applications: Readonly<Record<string, ServedApplication>>;
  /** Who may read them; `anyone` on this machine only. */
  readonly clients: 'anyone' | readonly ServerClient[];
  /** Needed wherever it listens beyond this machine. */
  readonly tls?: ServerTls;
  /** Where it is recorded who read what, and who was refused. Secrets are opened only when that is on record. */
  readonly audit?: ServerAudit;
  /** How many clients may wait for changes at the same time. Default: 20,000. */
  readonly waiting?: number;
  /** Where the server writes what it does; silent by default. */
  readonly logger?: ConfigLogger;
  /** Time; the machine's own by default. */
  readonly clock?: Clock;
}

/** Where a server listens. */
export interface ListenOptions {
  /** Default: 8888; 0 for any that is free. */
  readonly port?: number;
  /** Default: `127.0.0.1`. */
  readonly host?: string;
}

const CREDENTIAL = option.kind('a function that gives it, or a SecureValue', isCredential);
const TLS = {
  cert: option.required(option.name),
  key: option.required(CREDENTIAL),
  clientAuthorities: option.name,
} satisfies OptionKinds<ServerTls>;
const OPTIONS = {
  applications: option.required(option.map),
  clients: option.required(CLIENTS),
  tls: option.options<ServerTls, typeof TLS>(TLS),
  audit: option.having('an audit log with record()', 'record'),
  waiting: option.or(option.count(), 20_000),
  logger: option.logger,
  clock: option.or(option.clock, systemClock),
} satisfies OptionKinds<ConfigServerOptions>;
const LISTEN = {
  port: option.or(option.count(0), 8_888),
  host: option.or(option.name, '127.0.0.1'),
} satisfies OptionKinds<ListenOptions>;
const APPLICATION = {
  config: option.required(option.map),
  labels: option.map,
} satisfies OptionKinds<ServedApplication>;

const V2 = 'application/vnd.spring-cloud.config-server.v2+json';
const LOOPBACK = /^(?:localhost|127(?:\.\d+){3}|::1)$/;
const LOOPBACK_HOST = /^(?:localhost|127(?:\.\d+){3}|\[::1\])(?::\d+)?$/i;

/**
 * Serves settings to other programs by the protocol of Spring Cloud Config: `/application/profiles/label`, as one document
 * under `/application-profile.yml`, with a tag for each state. Changes are pushed to those who ask with
 * `Accept: text/event-stream`, or with `If-None-Match` and `Prefer: wait=60`. Secrets leave as they are stored; in plain text
 * only to a client that is granted them, over mutual TLS. Subpath: `uno-config/server`.
 *
 * @throws TypeError naming an option that cannot be used.
 * @example
 * ```ts
 * const server = configServer({
 *   applications: { orders: { config: defineConfig({ sections: [HttpSettings], sources: [configFolder('orders')] }) } },
 *   clients: [{ name: 'orders', applications: ['orders'], bearer: () => process.env['ORDERS_TOKEN'] ?? '' }],
 * });
 * const url = await server.listen({ port: 8888 });
 * ```
 */
export function configServer(options: ConfigServerOptions): ConfigServer {
  return new ConfigServer(options);
}

/** A configuration server, made by {@link configServer}. Subpath: `uno-config/server`. */
export class ConfigServer implements AsyncDisposable {
  readonly #applications: ServedApplications;
  readonly #callers: Callers;
  readonly #tls: ServerTls | undefined;
  readonly #records: ReadRecords;
  readonly #mostWaiting: number;
  readonly #logger: ConfigLogger;
  readonly #clock: Clock;
  readonly #waiting: WaitingClients;
  readonly #servers = new Set<Server>();
  #started: Promise<void> | undefined;
  #closed: Promise<void> | undefined;

  /** @throws TypeError naming the option that cannot be used. */
  public constructor(options: ConfigServerOptions) {
    const {
      applications,
      clients,
      tls,
      audit,
      waiting,
      logger = silentLogger,
      clock,
    } = readOptions('configServer', options, OPTIONS);
    checkApplications(applications);
    this.#callers = new Callers(clients, new Set(Object.keys(applications)), clock);
    this.#tls = tls;
    this.#records = new ReadRecords(audit, clock);
    this.#mostWaiting = waiting;
    this.#logger = guardLogger(logger);
    this.#clock = clock;
    this.#waiting = new WaitingClients(clock);
    this.#applications = new ServedApplications(applications, { clock, logger: this.#logger }, (application) => {
      this.#waiting.moved(application);
    });
  }

  /** The names of the applications. */
  public get applications(): readonly string[] {
    return this.#applications.names;
  }

  /** Whether the settings of all applications can be served. */
  public get isReady(): boolean {
    return this.#started !== undefined && this.#closed === undefined && this.#applications.areReady;
  }

  /**
   * Answers one request, for an HTTP server of your own: `createServer(server.handle)`. Whether a client has a certificate is
   * seen on the connection; behind a proxy there is none.
   */
  public readonly handle = (request: IncomingMessage, response: ServerResponse): void => {
    this.#answer(request, response).catch((error: unknown) => {
      const kind = kindOfThrown(error);
      const message = `A request for settings failed: it threw ${kind}.`;
      this.#logger.log({ level: 'error', event: 'config.server.failed', message, fields: { kind } });
      if (response.headersSent) response.destroy();
      else refuse(response, 500);
    });
  };

  /** Reads the sources and begins to watch them. What cannot be read is tried again; {@link isReady} tells. */
  public start(): Promise<void> {
    this.#started ??= this.#begin();
    return this.#started;
  }

  /**
   * Starts, and listens.
   *
   * @returns where it listens
   * @throws TypeError where it would listen beyond this machine without TLS or to anyone.
   */
  public async listen(options: ListenOptions = {}): Promise<URL> {
    const { port, host } = readOptions('listen', options, LISTEN);
    const tls = this.#tls;
    const isLocal = LOOPBACK.test(host);
    if (!isLocal && tls === undefined) {
      throw new OptionMistake('listen: beyond this machine the option tls is needed, or an HTTP server of your own.');
    }
    if (!isLocal && this.#callers.areAnyone) {
      throw new OptionMistake('listen: beyond this machine clients must name who may read.');
    }
    const server = tls === undefined ? createServer(this.#handleLocal) : await this.#secure(tls);
    server.keepAliveTimeout = 65_000;
    this.#servers.add(server);
    await this.start();
    server.listen(port, host);
    await once(server, 'listening').catch((error: unknown) => {
      this.#servers.delete(server);
      throw error;
    });
    // Of a TCP server, which listens.
    const { port: taken } = server.address() as AddressInfo;
    return new URL(`http${tls === undefined ? '' : 's'}://${host.includes(':') ? `[${host}]` : host}:${String(taken)}`);
  }

  /** Ends all requests that wait, and closes what the sources hold. */
  public close(): Promise<void> {
    this.#closed ??= this.#end();
    return this.#closed;
  }

  public [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #begin(): Promise<void> {
    for (const problem of await this.#callers.problems()) {
      this.#logger.log({ level: 'warn', event: 'config.server.credential', message: problem, fields: {} });
    }
    await this.#applications.start();
  }

  async #end(): Promise<void> {
    this.#waiting.close();
    this.#records.close();
    const closing = [...this.#servers].map(async (server) => {
      const closed = server.listening ? once(server, 'close') : undefined;
      server.close();
      server.closeIdleConnections();
      await closed;
    });
    await Promise.all(closing);
    await this.#applications.close();
  }

  async #secure({ cert, key, clientAuthorities }: ServerTls): Promise<Server> {
    return createTlsServer(
      {
        cert,
        key: await textOf(key),
        // Who has no certificate may have a token; who has a wrong one is nobody.
        ...(clientAuthorities !== undefined && { ca: clientAuthorities, requestCert: true, rejectUnauthorized: false }),
        minVersion: 'TLSv1.2',
      },
      this.#handleLocal,
    );
  }

  /** Where anyone may read, a page elsewhere could give its own name to this machine, and be anyone. */
  readonly #handleLocal = (request: IncomingMessage, response: ServerResponse): void => {
    if (this.#callers.areAnyone && !LOOPBACK_HOST.test(request.headers.host ?? '')) refuse(response, 403);
    else this.handle(request, response);
  };

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method, url = '' } = request;
    if (method !== 'GET' && method !== 'HEAD') {
      refuse(response, 405, { allow: 'GET, HEAD' });
      return;
    }
    const target = targetOf(url);
    if (target.kind === 'health') this.#health(response, target.probe);
    else if (target.kind === 'refused') refuse(response, 400);
    else if (target.kind === 'nothing') refuse(response, 404);
    else await this.#settings(request, response, target);
  }

  #health(response: ServerResponse, probe: 'health' | 'readiness' | 'liveness'): void {
    const isUp = probe === 'liveness' || this.isReady;
    const body = JSON.stringify({ status: isUp ? 'UP' : 'OUT_OF_SERVICE' });
    response.writeHead(isUp ? 200 : 503, { ...COMMON_HEADERS, 'content-type': JSON_TYPE }).end(body);
  }

  async #settings(
    request: IncomingMessage,
    response: ServerResponse,
    target: Extract<RequestTarget, { readonly place: TargetPlace }>,
  ): Promise<void> {
    const { place } = target;
    const { caller, wait } = await this.#callers.of(request);
    if (caller?.mayRead(place.application) !== true) {
      this.#records.refused(caller, place);
      const challenge = { 'www-authenticate': ['Bearer realm="settings"', 'Basic realm="settings", charset="UTF-8"'] };
      if (wait > 0) refuse(response, 429, { 'retry-after': String(Math.ceil(wait / 1_000)) });
      else if (caller === undefined) refuse(response, 401, challenge);
      else refuse(response, 403);
      return;
    }
    const answer = this.#applications.answer(place, caller.isTrusted);
    if (answer === undefined) refuse(response, 404);
    else if (answer === 'not-ready') refuse(response, 503, { 'retry-after': '5' });
    else if (request.method === 'GET' && accepts(request, 'text/event-stream'))
      this.#stream(response, place, caller, answer);
    else if (!hasTag(request, answer.tag)) await this.#send(request, response, target, caller, answer);
    else if (target.kind === 'environment' && waitOf(request) > 0)
      this.#wait(request, response, target, caller, answer);
    else response.writeHead(304, { ...COMMON_HEADERS, etag: answer.tag }).end();
  }

  async #send(
    request: IncomingMessage,
    response: ServerResponse,
    target: Extract<RequestTarget, { readonly place: TargetPlace }>,
    caller: Caller,
    answer: ServedAnswer,
  ): Promise<void> {
    try {
      await this.#records.read(caller, target.place, answer);
    } catch {
      // No record, no secrets.
      refuse(response, 503, { 'retry-after': '5' });
      return;
    }
    const isV2 = accepts(request, V2);
    const [type, body] =
      target.kind === 'environment'
        ? ([isV2 ? V2 : JSON_TYPE, isV2 ? answer.withOrigins : answer.plain] as const)
        : ([
            target.format === 'json' ? JSON_TYPE : 'text/plain; charset=utf-8',
            answer.flat(target.format, target.resolve),
          ] as const);
    const length = typeof body === 'string' ? Buffer.byteLength(body) : body.length;
    response.writeHead(200, {
      ...COMMON_HEADERS,
      'content-type': type,
      'content-length': length,
      vary: 'accept, authorization',
      etag: answer.tag,
    });
    response.end(request.method === 'HEAD' ? undefined : body);
  }

  #stream(response: ServerResponse, place: TargetPlace, caller: Caller, { tag }: ServedAnswer): void {
    if (this.#isFull(response)) return;
    const tell = (id: string): boolean => {
      response.write(`id: ${id}\nevent: change\ndata: {}\n\n`);
      return true;
    };
    response.writeHead(200, { ...COMMON_HEADERS, 'content-type': 'text/event-stream', 'x-accel-buffering': 'no' });
    this.#waiting.add({ place, response, now: () => this.#tagNow(place, caller), tell }, tag, true);
    tell(tag);
  }

  #wait(
    request: IncomingMessage,
    response: ServerResponse,
    target: Extract<RequestTarget, { readonly kind: 'environment' }>,
    caller: Caller,
    { tag }: ServedAnswer,
  ): void {
    if (this.#isFull(response)) return;
    const { place } = target;
    const milliseconds = waitOf(request);
    const tell = (): boolean => {
      cancel();
      const answer = this.#applications.answer(place, caller.isTrusted);
      if (typeof answer === 'object') {
        this.#send(request, response, target, caller, answer).catch(() => response.destroy());
      }
      return false;
    };
    const leave = this.#waiting.add({ place, response, now: () => this.#tagNow(place, caller), tell }, tag, false);
    const cancel = this.#clock.after(milliseconds, () => {
      leave();
      if (response.headersSent) return;
      response
        .writeHead(304, { ...COMMON_HEADERS, etag: tag, 'preference-applied': `wait=${String(milliseconds / 1_000)}` })
        .end();
    });
    response.once('close', cancel);
  }

  #isFull(response: ServerResponse): boolean {
    if (this.#waiting.count < this.#mostWaiting && this.#closed === undefined) return false;
    refuse(response, 503, { 'retry-after': '30' });
    return true;
  }

  #tagNow(place: TargetPlace, { isTrusted }: Caller): string | undefined {
    const answer = this.#applications.answer(place, isTrusted);
    return typeof answer === 'object' ? answer.tag : undefined;
  }
}

function checkApplications(applications: ConfigServerOptions['applications']): void {
  for (const [name, application] of Object.entries(applications)) {
    const where = `configServer: applications.${name}`;
    if (!/^[\p{L}\p{N}_][\p{L}\p{N}._@/-]{0,99}$/u.test(name) || name.includes('..') || name === 'actuator') {
      throw new OptionMistake(
        `${where}: the name of an application has letters, digits and ._@/-, and is not "actuator".`,
      );
    }
    readOptions<ServedApplication, typeof APPLICATION>(where, application, APPLICATION);
  }
  if (Object.keys(applications).length === 0) {
    throw new OptionMistake('configServer: applications must have at least one.');
  }
}
