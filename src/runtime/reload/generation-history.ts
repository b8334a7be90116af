import { ConfigError, type ConfigOrigin } from '../../core/index.js';
import type { SectionChange } from '../events/index.js';
import { withoutLayers, type Generation, type ConfigStore, replacedIn } from '../generation/index.js';

/** One generation of the history. */
export interface HistoryEntry {
  readonly generation: Generation;
  readonly number: number;
  /** When it became current, in milliseconds since 1970. */
  readonly time: number;
  /** Why it was loaded. */
  readonly reason: string;
}

/** The last generations, oldest first. The contents of files are kept for the last one only. */
export class GenerationHistory {
  readonly #entries: HistoryEntry[] = [];
  readonly #limit: number;
  /** The origins of the values that changed with the last one. */
  #places: ReadonlyMap<string, ConfigOrigin> = new Map();

  public constructor(limit: number) {
    this.#limit = limit;
  }

  public get entries(): readonly HistoryEntry[] {
    return [...this.#entries];
  }

  public add(generation: Generation, time: number, reason: string, sections: readonly SectionChange[] = []): void {
    const last = this.#entries.pop();
    if (last !== undefined) {
      this.#entries.push(Object.freeze({ ...last, generation: withoutLayers(last.generation, this.#places) }));
    }
    this.#places = placesIn(sections);
    this.#entries.push(Object.freeze({ generation, number: generation.number, time, reason }));
    if (this.#entries.length > this.#limit) this.#entries.shift();
  }

  /** Takes over a generation that differs from the one of its number only in the origins of its values. */
  public refresh(generation: Generation): void {
    const at = this.#entries.findIndex(({ number }) => number === generation.number);
    const known = this.#entries[at];
    if (known !== undefined) this.#entries[at] = Object.freeze({ ...known, generation });
  }

  /** @throws ConfigError `unknown-generation`. */
  public find(number: number): Generation {
    const found = this.#entries.find((entry) => entry.number === number);
    if (found !== undefined) return found.generation;
    const kept = this.#entries.map((entry) => String(entry.number)).join(', ');
    throw new ConfigError({
      code: 'unknown-generation',
      message: `Generation ${String(number)} is not kept any more, or never was. Kept are: ${kept}.`,
    });
  }
}

function placesIn(sections: readonly SectionChange[]): ReadonlyMap<string, ConfigOrigin> {
  const changes = sections.flatMap((section) => section.changes);
  return new Map(changes.flatMap(({ path, origin }) => (origin === undefined ? [] : [[path, origin] as const])));
}

/** Knows in which generation each section has changed last, however many generations have been forgotten since. */
export class SectionAges {
  readonly #changedIn: number[];

  public constructor(store: ConfigStore) {
    const { instances, number } = store.current;
    this.#changedIn = instances.map(() => number);
    store.onCommit((current, previous) => {
      for (const index of replacedIn(previous, current)) {
        this.#changedIn[index] = current.number;
      }
    });
  }

  public changedIn(index: number): number | undefined {
    return this.#changedIn[index];
  }
}
