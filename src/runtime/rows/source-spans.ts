import { type ConfigSource, option } from '../../core/index.js';

/**
 * What a source declares as a length of time, in milliseconds; `undefined` when it declares nothing.
 *
 * @throws TypeError naming the source by its place, and what it declares.
 */
export function spanOf(source: ConfigSource, index: number, name: 'poll' | 'timeout'): number | undefined {
  const declared = source[name];
  return declared === undefined ? undefined : option.positiveSpan.read(declared, `sources[${String(index)}].${name}`);
}

/** @throws TypeError naming the source by its place, and what it declares. */
export function checkSourceSpans(sources: readonly ConfigSource[]): void {
  sources.forEach((source, index) => {
    spanOf(source, index, 'poll');
    spanOf(source, index, 'timeout');
  });
}
