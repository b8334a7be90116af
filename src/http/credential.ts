import { HttpFailure } from './http-failure.js';

/**
 * A secret that is asked for with every request: a function, or a `SecureValue<string>`. Never the text itself, which logs
 * find.
 */
export type Credential = (() => string | Promise<string>) | { use<R>(read: (text: string) => R): R };

export interface CredentialHeader {
  /** Such as `authorization` or `x-vault-token`. */
  readonly header: string;
  /** What comes before the secret, such as `Bearer `; nothing when absent. */
  readonly scheme?: string;
  readonly secret: Credential;
}

type SetHeader = (header: string, text: string) => void;

/** Asks for the secrets of headers; what it answers writes them, where they are needed and not before. */
export async function credentialHeaders(credentials: readonly CredentialHeader[]): Promise<(set: SetHeader) => void> {
  try {
    const ready = await Promise.all(
      credentials.map(async ({ header, scheme = '', secret }) => {
        const given = typeof secret === 'function' ? await secret() : secret;
        return (set: SetHeader): void => {
          const write = (text: string): void => {
            if (typeof text !== 'string' || text === '') throw noCredential();
            set(header, `${scheme}${text}`);
          };
          if (typeof given === 'object') given.use(write);
          else write(given);
        };
      }),
    );
    return (set) => {
      try {
        for (const write of ready) write(set);
      } catch {
        // Node quotes a text that it does not take as a header.
        throw noCredential();
      }
    };
  } catch {
    throw noCredential();
  }
}

function noCredential(): HttpFailure {
  return new HttpFailure('credentials', 'there is no usable credential');
}

export function isCredential(value: unknown): value is Credential {
  if (typeof value === 'function') return true;
  return typeof value === 'object' && value !== null && 'use' in value && typeof value.use === 'function';
}

/** The text of a credential, for what takes nothing else. */
export async function textOf(credential: Credential): Promise<string> {
  return typeof credential === 'function' ? credential() : credential.use((text) => text);
}

/** What keeps a credential from being used, for whoever operates the server; nothing where it can be. Never quotes it. */
export async function credentialProblem(credential: Credential, shortest: number): Promise<string | undefined> {
  try {
    const text: unknown = await textOf(credential);
    if (typeof text !== 'string') return 'is no string';
    if (text === '') return 'is empty';
    return text.length < shortest ? `has fewer than ${String(shortest)} characters` : undefined;
  } catch {
    return 'cannot be had: its provider failed';
  }
}
