import { ConfigError, guardLogger, silentLogger } from '../../core/index.js';
import { committedLayers } from '../committed-layers.js';
import { factsOf, type Generation } from '../generation.js';
import type { LoadOptions } from '../load-options.js';
import { digestOf, sourceKeys, TrialMarker } from '../recovery/index.js';

/**
 * Has settings that nobody trusts yet marked on disk, so that those which end the process are not the first that the next
 * one uses, for ever.
 */
export class Trial {
  readonly #marker: TrialMarker;
  readonly #keys: readonly string[];
  #standsIn = false;

  private constructor(folder: string, { sources, logger = silentLogger }: LoadOptions) {
    this.#marker = new TrialMarker(folder, guardLogger(logger));
    this.#keys = sourceKeys(sources);
  }

  /** Beside the last known good; none without a folder for that. */
  public static of(options: LoadOptions): Trial | undefined {
    const { lastKnownGood } = options;
    return lastKnownGood && new Trial(lastKnownGood.folder, options);
  }

  /** The first generation is made from the last known good, instead of from what the sources say. */
  public get standsIn(): boolean {
    return this.#standsIn;
  }

  /** Whether a process had the same settings in use when it ended, before it trusted them. */
  public async hasFailedWith(first: Generation): Promise<boolean> {
    const digest = await this.#marker.read();
    return digest !== undefined && digest === this.#digest(first);
  }

  /** The last known good is used first. What has to be told then. */
  public standIn(): ConfigError {
    this.#standsIn = true;
    return new ConfigError({
      code: 'settings-on-trial',
      category: 'reload',
      message:
        'The process ended before it trusted the settings that its sources still say; the last known good is used.',
      recovery: 'What the sources say is tried as the second generation. If the process ends again, correct them.',
    });
  }

  /** Before settings are used that hooks have still to look at. */
  public async begin(next: Generation): Promise<void> {
    if (!this.#concerns(next)) return;
    await this.#marker.write(this.#digest(next));
  }

  /** Settings are trusted. */
  public async end(trusted: Generation): Promise<void> {
    if (this.#concerns(trusted)) await this.#marker.remove();
  }

  /** The first generation of a start with the last known good says nothing about what the sources say. */
  #concerns({ number }: Generation): boolean {
    return number > 1 || !this.#standsIn;
  }

  #digest(generation: Generation): string {
    const { plan, selectors } = factsOf(generation);
    return digestOf(this.#keys, committedLayers(generation), selectors, plan);
  }
}
