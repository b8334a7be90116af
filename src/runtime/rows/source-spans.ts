import type { ConfigSource } from '../../core/index.js';
import { Duration } from '../../sections/index.js';

/**
 * What a source declares as a length of time, in milliseconds; `undefined` when it declares nothing.
 *
 * @throws TypeError naming the source by its place, and what it declares.
 */
export function spanOf(source: ConfigSource, index: number, option: 'poll' | 'timeout'): number | undefined {
  const declared = source[option];
  if (declared === undefined) return undefined;
  const where = `sources[${String(index)}].${option}`;
  let milliseconds: number;
  try {
    milliseconds = (typeof declared === 'string' ? Duration.of(declared) : declared).milliseconds;
  } catch (cause) {
    throw new TypeError(`${where}: ${cause instanceof Error ? cause.message : 'not a duration'}`, { cause });
  }
  if (typeof milliseconds !== 'number') throw new TypeError(`${where}: write a duration with a unit, such as '30s'.`);
  if (milliseconds > 0) return milliseconds;
  throw new TypeError(`${where}: must be longer than nothing.`);
}

/** @throws TypeError naming the source by its place, and what it declares. */
export function checkSourceSpans(sources: readonly ConfigSource[]): void {
  sources.forEach((source, index) => {
    spanOf(source, index, 'poll');
    spanOf(source, index, 'timeout');
  });
}
