import { ConfigError, formatPath } from '../../core/index.js';
import { replacedIn, sectionDiffers, factsOf, type Generation } from '../generation/index.js';
import type { Objection } from './verify.js';

interface Refusal {
  readonly generation: Generation;
  /** The indexes of the sections in which it differed from the generation before. */
  readonly sections: readonly number[];
  readonly objection: Objection;
}

/** Remembers what was rolled back last: the same settings would only be rolled back again. */
export class RefusedSettings {
  #refusal: Refusal | undefined;

  public remember(generation: Generation, before: Generation, objection: Objection): void {
    const sections = replacedIn(before, generation).filter((index) =>
      sectionDiffers(factsOf(before), factsOf(generation), index),
    );
    this.#refusal = { generation, sections, objection };
  }

  /**
   * The error for a generation that repeats the rolled-back values in all their sections. Otherwise, and where it is wanted
   * all the same, they are forgotten.
   */
  public recurrence(next: Generation, isWanted: boolean): ConfigError | undefined {
    const refusal = this.#refusal;
    if (refusal === undefined) return undefined;
    if (!isWanted && refusal.sections.every((index) => says(next, refusal.generation, index))) return asError(refusal);
    this.#refusal = undefined;
    return undefined;
  }
}

function says(next: Generation, refused: Generation, index: number): boolean {
  return !sectionDiffers(factsOf(refused), factsOf(next), index);
}

function asError({ generation, sections, objection: { hook, what } }: Refusal): ConfigError {
  const { entries, number } = generation;
  const paths = entries.filter((_, index) => sections.includes(index)).map(({ path }) => formatPath(path));
  return new ConfigError({
    code: 'verification-failed',
    message: `${paths.join(', ')}: the same settings were rolled back as generation ${String(number)}, because "${hook}" ${what}.`,
    recovery: 'Correct the settings. To try them again as they are, call reload(reason).',
  });
}
