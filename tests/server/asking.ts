import { request as ask, type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import { request as askSecurely } from 'node:https';
import { text } from 'node:stream/consumers';
import { afterEach } from '@jest/globals';
import { configServer, type ConfigServer, type ConfigServerOptions } from '../../src/server/index.js';

const servers: ConfigServer[] = [];

afterEach(async () => {
  await Promise.all(servers.splice(0).map(async (server) => server.close()));
});

/** A server on this machine that is gone after the test. */
export async function listening(
  options: ConfigServerOptions,
): Promise<{ readonly server: ConfigServer; readonly url: URL }> {
  const server = configServer(options);
  servers.push(server);
  return { server, url: await server.listen({ port: 0 }) };
}

/** How a request is sent. */
export interface Asking {
  readonly headers?: Readonly<Record<string, string>>;
  readonly method?: string;
  readonly tls?: { readonly ca: string; readonly cert?: string; readonly key?: string };
  readonly signal?: AbortSignal;
}

/** Sends a path as it is written: `fetch` would tidy it up. */
export async function open(
  url: URL,
  path: string,
  { headers = {}, method = 'GET', tls, signal }: Asking = {},
): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const options = {
      host: url.hostname,
      port: url.port,
      path,
      method,
      headers,
      agent: false as const,
      ...(signal && { signal }),
    };
    const sent = tls === undefined ? ask(options, resolve) : askSecurely({ ...options, ...tls }, resolve);
    sent.on('error', reject).end();
  });
}

/** A whole answer. */
export interface Answered {
  readonly status: number | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

export async function get(url: URL, path: string, how?: Asking): Promise<Answered> {
  const response = await open(url, path, how);
  return { status: response.statusCode, headers: response.headers, text: await text(response) };
}

/** The environment in an answer, as far as tests look at it. */
export interface AnsweredEnvironment {
  readonly version: string;
  readonly propertySources: readonly { readonly name: string; readonly source: Readonly<Record<string, unknown>> }[];
}

export async function environment(url: URL, path: string, how?: Asking): Promise<AnsweredEnvironment> {
  // What a test then compares.
  return JSON.parse((await get(url, path, how)).text) as AnsweredEnvironment;
}
