import { option, type OptionKinds } from '../../../core/index.js';
import { type Credential, isCredential } from '../../../http/index.js';

/** Where a server is. What is absent is as its driver has it. */
export interface StoreConnection {
  readonly host?: string;
  readonly port?: number;
  readonly database?: string;
  readonly user?: string;
  /** Asked for when it is connected to. */
  readonly password?: Credential;
  /** `true`, or certificates of the authorities that are trusted, as PEM. The server is always verified. Default: `false`. */
  readonly tls?: boolean | { readonly ca: string };
}

const KINDS = {
  host: option.name,
  port: option.count(),
  database: option.name,
  user: option.name,
  password: option.kind('a function that gives it, or a SecureValue', isCredential),
  tls: option.either(option.flag, option.map),
} satisfies OptionKinds<StoreConnection>;

export const CONNECTION = option.options<StoreConnection, typeof KINDS>(KINDS);

/** What of a connection the drivers of databases take alike, and its TLS as Node has it. */
export function placeOf({ host, port, database, user, tls = false }: Partial<StoreConnectionRead>): object {
  const given = { host, port, database, user };
  return {
    ...Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)),
    ...(tls !== false && { ssl: { rejectUnauthorized: true, ...(tls !== true && tls) } }),
  };
}

export type StoreConnectionRead = { readonly [Name in keyof StoreConnection]-?: StoreConnection[Name] | undefined };

export { textOf } from '../../../http/index.js';
