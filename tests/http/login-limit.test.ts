import type { IncomingMessage } from 'node:http';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { LoginLimit } from '../../src/http/index.js';
import { FakeClock } from '../runtime/fake-clock.js';

let clock: FakeClock;
let limit: LoginLimit;

beforeEach(() => {
  clock = new FakeClock();
  limit = new LoginLimit(clock);
});

function from(remoteAddress: string, authorization?: string): IncomingMessage {
  // Of a request the limit reads the address and one header.
  return { socket: { remoteAddress }, headers: { authorization } } as unknown as IncomingMessage;
}

/** How many attempts of an address are let through, of so many. */
function guesses(address: (index: number) => string, count: number): number {
  const attempts = Array.from({ length: count }, (_, index) =>
    limit.attempt(from(address(index), `Bearer ${String(index)}`)),
  );
  for (const { ended } of attempts) ended(false);
  return attempts.filter(({ wait }) => wait === 0).length;
}

describe('a limit of logins', () => {
  it('lets an address guess twenty times at once, and once a second from then on', () => {
    expect(guesses(() => '192.0.2.1', 1_000)).toBe(20);
    expect(limit.attempt(from('192.0.2.1', 'Bearer x')).wait).toBe(1_000);
    clock.advance(3_000);
    expect(guesses(() => '192.0.2.1', 1_000)).toBe(3);
    clock.advance(3_600_000);
    expect(guesses(() => '192.0.2.1', 1_000)).toBe(20);
  });

  it('limits other addresses by what all may do together', () => {
    expect(guesses((index) => `192.0.2.${String(index % 250)}`, 1_000)).toBe(200);
    expect(limit.attempt(from('198.51.100.1', 'Bearer x')).wait).toBe(100);
    clock.advance(1_000);
    expect(guesses((index) => `198.51.100.${String(index % 250)}`, 1_000)).toBe(10);
  });

  it.each([
    [
      'a network of version 6, of which one host may have all',
      (index: number) => `2001:db8:1:2:${index.toString(16)}::1`,
    ],
    ['the same written short', (index: number) => `2001:db8::${index.toString(16)}`],
    ['version 4 inside version 6', (index: number) => (index % 2 === 0 ? '::ffff:192.0.2.1' : '192.0.2.1')],
    ['a socket without an address', () => ''],
  ])('takes for one address: %s', (_, address) => {
    expect(guesses(address, 100)).toBe(20);
  });

  it('counts an attempt while it is being compared, so that a thousand at once are no way around', () => {
    const attempts = Array.from({ length: 1_000 }, () => limit.attempt(from('192.0.2.1', 'Bearer x')));
    expect(attempts.filter(({ wait }) => wait === 0)).toHaveLength(20);
  });

  it('counts no login that is right, and never locks out one that was right before', () => {
    for (let count = 0; count < 1_000; count++)
      limit.attempt(from('192.0.2.1', `Bearer own-${String(count)}`)).ended(true);
    expect(guesses(() => '192.0.2.1', 1_000)).toBe(20);
    const known = limit.attempt(from('192.0.2.1', 'Bearer own-999'));
    expect([known.wait, limit.attempt(from('192.0.2.1', 'Bearer new')).wait]).toEqual([0, 1_000]);
    known.ended(false);
    // It has been replaced: from now on it is a guess.
    expect(limit.attempt(from('192.0.2.1', 'Bearer own-999')).wait).toBe(1_000);
  });

  it('keeps nothing of those who tried long ago, nor all that were ever right', () => {
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc') as () => void;
    const heap = (): number => {
      collect();
      return process.memoryUsage().heapUsed;
    };
    const pass = (attempts: number): void => {
      for (let count = 0; count < attempts; count++) {
        const address = `10.${String(count >> 16)}.${String((count >> 8) & 255)}.${String(count & 255)}`;
        limit.attempt(from(address, `Bearer ${String(count)}`)).ended(count % 2 === 0);
        clock.advance(100);
      }
    };
    pass(5_000);
    const before = heap();
    pass(100_000);
    expect(heap() - before).toBeLessThan(1_000_000);
  });
});
