import type { IncomingHttpHeaders } from 'node:http';

/** More than a day is no pace; whoever says so is not heard. */
const LONGEST = 24 * 60 * 60 * 1000;

/**
 * When a server wants to be asked again, in milliseconds from now: `Retry-After` in seconds or as a date, or the
 * `retry-after-ms` of Azure. `undefined` when it does not say, or says what cannot be meant.
 */
export function retryAfter(headers: IncomingHttpHeaders, now: number): number | undefined {
  const exact = headers['retry-after-ms'];
  const text = headers['retry-after'];
  const milliseconds =
    typeof exact === 'string' && /^\d{1,12}$/.test(exact)
      ? Number(exact)
      : text !== undefined && /^\d{1,9}$/.test(text)
        ? Number(text) * 1000
        : Date.parse(text ?? '') - now;
  return milliseconds >= 0 && milliseconds <= LONGEST ? milliseconds : undefined;
}
