import { ConfigError } from '../../core/index.js';
import type { Keyset } from '../keyring/index.js';
import type { TokenPlace } from './find-tokens.js';
import { isTokenByte, LONGEST_TOKEN } from './find-tokens.js';
import type { RotationProblemKind } from './rotation-report.js';

export interface TokenProblem {
  readonly offset: number;
  readonly kind: RotationProblemKind;
  readonly kid?: string;
  readonly message: string;
}

export interface TokenOutcome {
  readonly kid?: string;
  /** The key it is under afterwards. */
  readonly newKid?: string;
  /** What to write instead; absent in a dry run, and when nothing is to be written. */
  readonly token?: string;
  readonly problem?: TokenProblem;
}

/** Encrypts tokens again under the newest keys, one by one. In a dry run it only opens them. */
export class TokenRotation {
  readonly #keyset: Keyset;
  readonly #dryRun: boolean;
  readonly #known: ReadonlySet<string>;
  readonly #primary: ReadonlyMap<boolean, string>;

  public constructor(keyset: Keyset, dryRun: boolean) {
    this.#keyset = keyset;
    this.#dryRun = dryRun;
    this.#known = new Set(keyset.keys.map(({ kid }) => kid));
    const primary = keyset.keys.filter(({ state }) => state === 'primary');
    this.#primary = new Map(primary.map(({ kid, use }) => [use === 'seal', kid]));
  }

  /** Throws a `ConfigError` with code `no-primary-key`. */
  public rotate(bytes: Buffer, { start, end }: TokenPlace): TokenOutcome {
    const text = end - start > LONGEST_TOKEN ? '' : bytes.toString('latin1', start, end);
    const described = this.#keyset.inspect(text);
    if (described === undefined) return { problem: { offset: start, ...unreadable(bytes, end) } };
    const { kid, sealed } = described;
    const problem = (kind: RotationProblemKind, message: string): TokenOutcome => {
      return { kid, newKid: kid, problem: { offset: start, kind, kid, message } };
    };
    if (!this.#known.has(kid)) return problem('other-key', `is under ${kid}, a key that the keyset does not have`);
    try {
      const newKid = this.#primary.get(sealed);
      if (this.#dryRun && newKid !== undefined) {
        this.#keyset.open(text, [described.cfg]).bytes.fill(0);
        return { kid, newKid };
      }
      const token = this.#keyset.rewrap(text);
      return token === text ? { kid, newKid: kid } : { kid, ...(newKid !== undefined && { newKid }), token };
    } catch (error) {
      if (ConfigError.is(error) && error.code === 'secret-not-opened') {
        return problem('not-opened', `cannot be opened with ${kid}`);
      }
      throw error;
    }
  }
}

const LINE_BREAKS: readonly (number | undefined)[] = [0x0a, 0x0d];
const BACKSLASH = 0x5c;

/** What begins like a token and is none: one that goes on in the next line can be told from the rest. */
function unreadable(bytes: Buffer, end: number): Omit<TokenProblem, 'offset'> {
  let next = bytes[end] === BACKSLASH ? end + 1 : end;
  if (!LINE_BREAKS.includes(bytes[next])) return MALFORMED;
  // No more than a line's usual indentation: the rest of the file may be blanks.
  const most = next + 1000;
  while (next < most && isSpace(bytes[next])) next++;
  return isTokenByte(bytes[next]) ? SPLIT : MALFORMED;
}

function isSpace(byte: number | undefined): boolean {
  return byte === 0x20 || byte === 0x09 || LINE_BREAKS.includes(byte);
}

const SPLIT = Object.freeze({
  kind: 'split',
  message: 'is an encrypted value that is split over several lines; write it in one',
});
const MALFORMED = Object.freeze({ kind: 'malformed', message: 'begins like an encrypted value but is not one' });
