import { type ConfigStore, replacedSections, factsOf } from '../generation/index.js';

/** Knows in which generation each section has changed last, however many generations have been forgotten since. */
export class SectionAges {
  readonly #changedIn: number[];

  public constructor(store: ConfigStore) {
    const { instances, number } = store.current;
    this.#changedIn = instances.map(() => number);
    store.onCommit((current, previous) => {
      for (const index of replacedSections(factsOf(previous), factsOf(current))) {
        this.#changedIn[index] = current.number;
      }
    });
  }

  /** The number of the generation in which the section at an index changed last. */
  public changedIn(index: number): number | undefined {
    return this.#changedIn[index];
  }
}
