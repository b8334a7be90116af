import { differing } from './diff-generations.js';
import type { GenerationFacts } from './generation-facts.js';

/**
 * The facts of a generation over another one that come to the same whenever they are made again: it keeps its own instances,
 * and what to make the rest of. There are thousands of tenants, and what their values come from is asked for seldom.
 */
export abstract class LightFacts {
  public readonly number: number;
  /** Where all other sections are. */
  public readonly below: GenerationFacts;
  /** The indexes of the sections with an instance of its own. */
  protected readonly sections: readonly number[];
  readonly #own: readonly object[];

  /** @param instances a list which is not kept */
  public constructor(below: GenerationFacts, instances: readonly object[], number: number) {
    this.below = below;
    this.number = number;
    // Copies are no longer than they need to be.
    this.sections = differing(below.instances, instances).slice();
    this.#own = this.sections.map((index) => instances[index] ?? below);
  }

  /** All instances: a list of its own for each who asks. */
  public get instances(): readonly object[] {
    return Object.freeze(this.below.instances.map((instance, index) => this.instanceAt(index) ?? instance));
  }

  public instanceAt(index: number): object | undefined {
    const at = this.sections.indexOf(index);
    return at === -1 ? this.below.instances[index] : this.#own[at];
  }

  public abstract again(): GenerationFacts;
}
