// What other people's code throws may hold anything: a connection string in its message, a piece of a password that was
// taken for a host in its address, a word of a file in its very name. Nothing of it is repeated but what is spelled like
// the name of an error class, like a code, or like an IP address.

import { sqlCodeInWords } from './sql-codes.js';

/** The kind of a thrown value, as far as it may be shown: `PostgresError`, `an error`, `something that is not an error`. */
export function kindOfThrown(thrown: unknown): string {
  const name = property(thrown, 'name');
  if (typeof name === 'string' && CLASS.test(name)) return name;
  return typeof name === 'string' || thrown instanceof Error ? 'an error' : NO_ERROR;
}

/**
 * The kind of what was thrown, its code and its address: `AggregateError ECONNREFUSED at 10.0.0.7:5432`. A code of a database
 * is explained: `Error ER_BAD_DB_ERROR, no such database`.
 */
export function thrownInWords(thrown: unknown): string {
  if (!isErrorLike(thrown)) return NO_ERROR;
  const own = (key: string, spelled: RegExp): string | undefined => {
    for (const one of [thrown, property(thrown, 'cause')]) {
      const value = property(one, key);
      if ((typeof value === 'string' || typeof value === 'number') && spelled.test(String(value))) return String(value);
    }
    return undefined;
  };
  const code = own('code', CODE) ?? own('code', STATUS) ?? own('status', STATUS);
  const host = own('address', IP_ADDRESS);
  const port = own('port', PORT);
  const at = host === undefined ? '' : ` at ${host}${port === undefined ? '' : `:${port}`}`;
  const words = code === undefined ? undefined : sqlCodeInWords(code);
  const known = `${code === undefined ? '' : ` ${code}`}${at}${words === undefined ? '' : `, ${words}`}`;
  return `${own('name', CLASS) ?? 'an error'}${known}`;
}

/** The operating system's name of an error, such as `ENOENT`; empty when it has none. */
export function systemCode(error: unknown): string {
  const code = property(error, 'code');
  return typeof code === 'string' && CODE.test(code) ? code : '';
}

/** True for an object marked as an error: of this or another realm. */
export function isErrorLike(thrown: unknown): thrown is object {
  return ['name', 'code', 'status'].some((key) => property(thrown, key) !== undefined);
}

const NO_ERROR = 'something that is not an error';

const CLASS = /^(?:[A-Z][A-Za-z\d]{0,60})?(?:Error|Exception)$/;

/** Of Node, OpenSSL, drivers and SQLSTATE: `ECONNREFUSED`, `ER_ACCESS_DENIED_ERROR`, `28P01`. No access key, no seed in Base32. */
const CODE = /^(?:[A-Z]{1,20}(?:_[A-Z\d]{1,20}){0,8}|E2BIG|[A-Z]?\d[A-Z\d]{3,4})$/;
const STATUS = /^\d{3}$/;
const PORT = /^\d{1,5}$/;
const IP_ADDRESS = /^(?:\d{1,3}(?:\.\d{1,3}){3}|(?=.*:.*:)[\da-f:]{2,39})$/;

/** A property of anything; nothing where there is none. An error may be made so that asking it for something throws. */
export function property(value: unknown, key: string): unknown {
  return attempt((): unknown => (typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined));
}

/** What the work gives, or nothing when it throws: for loggers, meters and tracers, whose troubles must stop nothing else. */
export function attempt<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch {
    return undefined;
  }
}
