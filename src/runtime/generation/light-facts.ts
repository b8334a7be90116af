import type { Segment } from '../rows/index.js';
import type { GenerationFacts } from './generation-facts.js';

/**
 * The facts of a generation over another one that come to the same whenever they are made again: it keeps its own instances,
 * and what to make the rest of. There are thousands of tenants, and what their values come from is asked for seldom.
 */
export abstract class LightFacts {
  public readonly number: number;
  /** Where all other sections are. */
  public readonly below: GenerationFacts;
  /** The indexes of the sections with an instance of its own, each followed by that: one list takes less room than two. */
  readonly #own: readonly (number | object)[];

  /** @param instances those that may be its own, in a map which is not kept */
  public constructor(below: GenerationFacts, number: number, instances: ReadonlyMap<Segment, object>) {
    this.below = below;
    this.number = number;
    const own: (number | object)[] = [];
    for (const [{ section = NaN }, instance] of instances) {
      if (instance !== below.instances[section]) own.push(section, instance);
    }
    // A copy is no longer than it needs to be.
    this.#own = own.slice();
  }

  /** All instances: a list of its own for each who asks. */
  public get instances(): readonly object[] {
    return Object.freeze(this.below.instances.map((instance, index) => this.instanceAt(index) ?? instance));
  }

  public instanceAt(index: number): object | undefined {
    const at = this.#own.indexOf(index);
    const own = at === -1 ? undefined : this.#own[at + 1];
    return typeof own === 'object' ? own : this.below.instances[index];
  }

  /** By their segments. */
  protected get own(): ReadonlyMap<Segment, object> {
    const own = new Map<Segment, object>();
    for (const segment of this.below.plan.placed) {
      const instance = this.instanceAt(segment.section ?? NaN);
      if (instance !== undefined && instance !== this.below.instances[segment.section ?? NaN])
        own.set(segment, instance);
    }
    return own;
  }

  public abstract again(): GenerationFacts;
}
