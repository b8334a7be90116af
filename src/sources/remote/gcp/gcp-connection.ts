import { option } from '../../../core/index.js';
import { type GoogleClient, initialized } from '../../../http/index.js';
import { clientClass, type ClientPackage, cloudFailure, type FailureWords } from '../cloud/index.js';
import { type ClientOption, LazyClient } from '../store/index.js';
import type { GcpBytes } from './gcp-clients.js';

type Closable = GoogleClient & { close?(): unknown };

/** A part of the name of a resource. */
export const PART = option.kind(
  'a name without slashes',
  (value) => typeof value === 'string' && /^[\w.:-]+$/.test(value) && !/^\.+$/.test(value),
);

export function gcpClient<C extends Closable>(given: ClientOption<C> | undefined, from: ClientPackage): LazyClient<C> {
  const make = async (): Promise<C> => {
    const Client = await clientClass<new () => C>(from);
    return initialized(new Client());
  };
  return new LazyClient<C>(given, make, (made) => made.close?.());
}

/** The bytes of a client; over REST they come in Base64. */
export function bytesOf(data: GcpBytes | undefined): Buffer {
  return typeof data === 'string' ? Buffer.from(data, 'base64') : Buffer.from(data ?? new Uint8Array());
}

const WORDS: FailureWords = {
  denied: ['PERMISSION_DENIED'],
  credentials: ['UNAUTHENTICATED'],
  missing: ['NOT_FOUND', 'FAILED_PRECONDITION'],
  passing: ['ABORTED', 'CANCELLED', 'DEADLINE_EXCEEDED', 'INTERNAL', 'RESOURCE_EXHAUSTED', 'UNAVAILABLE'],
};

export function gcpFailure(permission: string): (source: string, error: unknown) => unknown {
  return (source, error) => cloudFailure({ source, error, words: WORDS, permission });
}
