import type { SectionClass } from '../sections/index.js';
import type { Selectors } from '../core/index.js';
import { describeSettings, type Description } from './describe-settings.js';
import { explainSetting, type Explanation } from './explain-setting.js';
import type { GenerationFacts } from './generation-facts.js';
import type { SectionEntry } from './section-entry.js';

/**
 * One complete, consistent set of sections: frozen instances, and the layers that say where every value came from.
 * Subpath: `uno-config`.
 */
export class Generation {
  /** Counts up from 1 with every generation of a store. */
  public readonly number: number;
  /** When it was made, in milliseconds since 1970. */
  public readonly time: number;
  public readonly selectors: Selectors;
  public readonly entries: readonly SectionEntry[];
  /** By the index of the section in {@link entries}. */
  public readonly instances: readonly object[];
  /** @internal */
  public readonly facts: GenerationFacts;

  public constructor(facts: GenerationFacts) {
    this.facts = facts;
    this.number = facts.number;
    this.time = facts.time;
    this.selectors = facts.selectors;
    this.entries = Object.freeze(facts.plan.sections.map(({ entry }) => entry));
    this.instances = Object.freeze([...facts.instances]);
    // A generation is handed around and logged: what it is made of stays out of sight.
    Object.defineProperty(this, 'facts', { enumerable: false });
    Object.freeze(this);
  }

  /** Where a section stands in {@link instances}; -1 when it is not loaded. */
  public indexOf(target: SectionClass, name?: string): number {
    return this.entries.findIndex((entry) => entry.target === target && entry.name === name);
  }

  /**
   * Why the setting at a dotted path is what it is.
   *
   * @throws ConfigError `invalid-path`.
   */
  public explain(path: string): Explanation {
    return explainSetting(this.facts, path);
  }

  /** All settings of all sections. */
  public describe(): readonly Description[] {
    return describeSettings(this.facts);
  }
}
