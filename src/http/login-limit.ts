import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { isIPv6 } from 'node:net';

/** Time that never goes back, in milliseconds. */
interface MonotonicClock {
  monotonic(): number;
}

/** So many attempts at once, then one more after so many milliseconds. */
interface Allowance {
  readonly atOnce: number;
  readonly every: number;
}

const OF_ADDRESS: Allowance = { atOnce: 20, every: 1_000 };
const OF_ALL: Allowance = { atOnce: 200, every: 100 };
const MOST_KNOWN = 1_000;

/** One attempt to log in. */
export interface LoginAttempt {
  /** Milliseconds until an attempt may be made; 0 where this one may. */
  readonly wait: number;
  /** Says what became of it. */
  readonly ended: (isRight: boolean) => void;
}

/**
 * Limits how fast logins can be guessed, by address and altogether. An attempt counts until it turns out to be right. A login
 * that was right before is no guess: it is always tried, so that those who guess lock out nobody who shares their address.
 */
export class LoginLimit {
  readonly #clock: MonotonicClock;
  /** When the allowance of an address is whole again; the oldest attempt first. The allowance of all keeps it small. */
  readonly #addresses = new Map<string, number>();
  #all = 0;
  /** Digests of logins that were right; the one not used for longest first. */
  readonly #known = new Set<string>();

  public constructor(clock: MonotonicClock) {
    this.#clock = clock;
  }

  public attempt({ headers: { authorization }, socket }: IncomingMessage): LoginAttempt {
    const login = authorization === undefined ? undefined : createHash('sha256').update(authorization).digest('base64');
    if (login !== undefined && this.#known.has(login)) {
      const ended = (isRight: boolean): void => {
        this.#known.delete(login);
        if (isRight) this.#known.add(login);
      };
      return { wait: 0, ended };
    }
    const address = networkOf(socket.remoteAddress ?? '');
    const now = this.#clock.monotonic();
    const own = Math.max(now, this.#addresses.get(address) ?? 0);
    const all = Math.max(now, this.#all);
    const wait = Math.max(over(OF_ADDRESS, own - now), over(OF_ALL, all - now));
    if (wait > 0) return { wait, ended: () => undefined };
    this.#set(address, own + OF_ADDRESS.every);
    this.#all = all + OF_ALL.every;
    const ended = (isRight: boolean): void => {
      if (!isRight) return;
      this.#set(address, (this.#addresses.get(address) ?? 0) - OF_ADDRESS.every);
      this.#all -= OF_ALL.every;
      if (login !== undefined) this.#remember(login);
    };
    return { wait: 0, ended };
  }

  #set(address: string, until: number): void {
    const now = this.#clock.monotonic();
    this.#addresses.delete(address);
    if (until > now) this.#addresses.set(address, until);
    for (const [oldest, whole] of this.#addresses) {
      if (whole > now) break;
      this.#addresses.delete(oldest);
    }
  }

  #remember(login: string): void {
    this.#known.add(login);
    const [oldest] = this.#known;
    if (this.#known.size > MOST_KNOWN && oldest !== undefined) this.#known.delete(oldest);
  }
}

function over({ atOnce, every }: Allowance, used: number): number {
  return Math.max(0, used - (atOnce - 1) * every);
}

/** An address of version 6 stands for its /64, of which one host may have all. */
function networkOf(address: string): string {
  const text = address.replace(/^::ffff:(?=\d+\.)/i, '');
  if (!isIPv6(text)) return text;
  const [head = [], tail = []] = text.split('::').map((side) => side.split(':').filter((group) => group !== ''));
  const zeros = Array.from({ length: Math.max(0, 8 - head.length - tail.length) }, () => '0');
  return [...head, ...zeros, ...tail].slice(0, 4).join(':');
}
