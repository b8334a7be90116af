import {
  option,
  type OptionKinds,
  readOptions,
  SELECTORS,
  type SelectorName,
  type Selectors,
} from '../../core/index.js';
import { factsOf, type Generation, visibleDiff, type ConfigStore } from '../generation/index.js';
import type { SectionChange } from '../events/index.js';
import type { Pump, Staged } from './pump.js';
import type { ReloadOutcome } from './reload-outcome.js';

/** What `ReloadService.stage` takes: the selectors that are to be others. An empty string is for none. */
export type StageOptions = Readonly<Partial<Record<SelectorName, string>>>;

const OPTIONS = {
  region: option.text,
  zone: option.text,
  deployment: option.text,
  cohort: option.text,
} satisfies OptionKinds<StageOptions>;

/**
 * Selectors with some of them replaced.
 *
 * @throws TypeError naming an option that cannot be used.
 */
export function stagedSelectors(current: Selectors, options: StageOptions): Selectors {
  const asked = readOptions('stage', options, OPTIONS);
  const { region, zone, deployment, cohort, ...others } = current;
  const before = { region, zone, deployment, cohort };
  const chosen = SELECTORS.flatMap((name) => {
    const word = asked[name] ?? before[name];
    return word === undefined || word === '' ? [] : [[name, word] as const];
  });
  return { ...others, ...Object.fromEntries(chosen) };
}

export interface StagedParts {
  readonly staged: Staged;
  readonly store: ConfigStore;
  readonly pump: Pump;
  readonly refuse: (what: string) => ReloadOutcome | undefined;
}

/**
 * Settings for other selectors, loaded and validated beside those in use, which they can replace at once. Made by
 * `ReloadService.stage`. Subpath: `uno-config`.
 *
 * @example
 * ```ts
 * const green = await container.get(ReloadService).stage({ deployment: 'green' });
 * for (const { section, changes } of green.diff()) report(section, changes.length);
 * const outcome = await green.commit();
 * if (outcome.status === 'committed') await green.rollback();
 * ```
 */
export class StagedSettings {
  readonly #parts: StagedParts;
  #before: Generation | undefined;

  /** @internal */
  public constructor(parts: StagedParts) {
    this.#parts = parts;
  }

  /** The settings for the selectors, as a complete generation. */
  public get generation(): Generation {
    return this.#parts.staged.generation;
  }

  /** The difference to the settings in use; secrets are masked, and left out for a caller who may not see them masked. */
  public diff(): readonly SectionChange[] {
    return visibleDiff(factsOf(this.#parts.store.current), factsOf(this.generation));
  }

  /**
   * Makes the staged settings current, in the one transaction that every reload uses: resources and dependants prepare first
   * and may veto, then settings and resources move in one assignment. From then on the sources are read for the new
   * selectors. Settings that were reloaded since are rebuilt and validated. Never rejects: what went wrong is in the outcome.
   */
  public async commit(): Promise<ReloadOutcome> {
    const { staged, store, pump, refuse } = this.#parts;
    const refusal = refuse('commit()');
    if (refusal !== undefined) return refusal;
    const before = store.current;
    const outcome = await pump.switchTo(staged, `switch to ${changedWords(before.selectors, staged.selectors)}`);
    if (outcome.status === 'committed') this.#before ??= before;
    return outcome;
  }

  /**
   * Makes the settings from before the commit current again, with their selectors. While `verify` hooks check the new ones,
   * no dependant has to prepare anything: the old resources are still open. Never rejects.
   *
   * @throws TypeError when nothing was committed.
   */
  public async rollback(): Promise<ReloadOutcome> {
    const { pump, refuse } = this.#parts;
    if (this.#before === undefined) throw new TypeError('rollback(): nothing was committed; call commit() first.');
    const outcome = refuse('rollback()') ?? (await pump.rollback(this.#before));
    if (outcome.status === 'committed') this.#before = undefined;
    return outcome;
  }
}

/** Such as `deployment green`. */
function changedWords(before: Selectors, after: Selectors): string {
  const changed = SELECTORS.filter((name) => before[name] !== after[name]);
  return changed.map((name) => `${name} ${after[name] ?? 'none'}`).join(', ') || 'the same selectors';
}
