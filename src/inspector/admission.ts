import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';

/** Why a request is not served: the status, and a sentence for whoever sent it. */
export interface Refusal {
  readonly status: 403 | 405;
  readonly message: string;
}

const LOOPBACK_HOSTS = ['localhost', '127.0.0.1', '[::1]'];
const FORWARDED = ['forwarded', 'x-forwarded-for', 'x-forwarded-host', 'x-real-ip', 'via'];

/**
 * Decides about everything but the token: a page elsewhere must reach nothing, whatever name it has given to this machine.
 *
 * @param hosts those that the application names; only this machine when absent
 */
export function admitRequest(
  request: IncomingMessage,
  hosts: readonly string[] | undefined,
  isPage: boolean,
): Refusal | undefined {
  const { headers, method = 'GET' } = request;
  const host = headerOf(headers.host ?? headers[':authority']);
  if (host === undefined || !isNamed(host, hosts ?? LOOPBACK_HOSTS)) {
    return forbidden('This host is not one that the inspector answers to. Name it in the option hosts.');
  }
  if (hosts === undefined && !isLocal(request)) {
    return forbidden(
      'The inspector answers to this machine only. Name the hosts it is reached by in the option hosts.',
    );
  }
  const origin = headerOf(headers.origin);
  if (origin !== undefined && !isSameHost(origin, host)) return forbidden('Pages of other origins are not served.');
  const site = headerOf(headers['sec-fetch-site']) ?? 'none';
  const isVisit = isPage && headers['sec-fetch-mode'] === 'navigate' && headers['sec-fetch-dest'] === 'document';
  if (site !== 'same-origin' && site !== 'none' && !isVisit) return forbidden('Pages of other sites are not served.');
  if (method === 'GET' || method === 'HEAD' || (method === 'POST' && !isPage)) return undefined;
  return { status: 405, message: 'The inspector only reads.' };
}

function forbidden(message: string): Refusal {
  return { status: 403, message };
}

/** Sent twice, it is none. */
function headerOf(value: string | readonly string[] | undefined): string | undefined {
  return typeof value === 'string' ? value : value === undefined ? undefined : '';
}

/** A host with or without its port; one that is named with a port answers there only. */
function isNamed(host: string, hosts: readonly string[]): boolean {
  const given = host.toLowerCase();
  const name = given.replace(/:\d+$/, '');
  return hosts.some((each) => each.toLowerCase() === given || each.toLowerCase() === name);
}

/** A proxy on this machine speaks for somebody elsewhere. */
function isLocal({ socket, headers }: IncomingMessage): boolean {
  const address = (socket.remoteAddress ?? '').replace(/^::ffff:/, '');
  const isLoopback = address === '::1' || (isIP(address) === 4 && address.startsWith('127.'));
  return isLoopback && FORWARDED.every((name) => headers[name] === undefined);
}

function isSameHost(origin: string, host: string): boolean {
  return URL.canParse(origin) && new URL(origin).host === host.toLowerCase();
}
