import { ConfigError, guardLogger, silentLogger } from '../../core/index.js';
import { committedLayers, factsOf, type Generation } from '../generation/index.js';
import type { LoadOptions } from '../plan/index.js';
import { digestOf, sourceKeys, TrialMarker, type TrialMark } from '../recovery/index.js';

/**
 * Marks untrusted settings on disk, so that settings which end the process do not end every later one at its start.
 */
export class Trial {
  readonly #marker: TrialMarker;
  readonly #keys: readonly string[];
  #standsIn = false;
  /** What the process before left. */
  #left: TrialMark | undefined;
  /** What this process has marked, and is not trusted yet. */
  #open: TrialMark | undefined;

  private constructor(folder: string, { sources, logger = silentLogger }: LoadOptions) {
    this.#marker = new TrialMarker(folder, guardLogger(logger));
    this.#keys = sourceKeys(sources);
  }

  /** Beside the last known good; none without a folder for that. */
  public static of(options: LoadOptions): Trial | undefined {
    const { lastKnownGood } = options;
    return lastKnownGood && new Trial(lastKnownGood.folder, options);
  }

  /** The first generation is made from the last known good, instead of the sources' current answers. */
  public get standsIn(): boolean {
    return this.#standsIn;
  }

  /** Whether a process had the same settings in use when it ended, before it trusted them. */
  public async hasFailedWith(first: Generation): Promise<boolean> {
    this.#left = await this.#marker.read();
    return this.#left !== undefined && this.#left.digest === this.#digest(first);
  }

  /** A second process has ended with them: they are not tried again without a request, or until they change. */
  public get isHeld(): boolean {
    return this.#standsIn && (this.#left?.ends ?? 0) > 1;
  }

  /** The last known good is used first. Returns the error to report then. */
  public standIn(): ConfigError {
    this.#standsIn = true;
    return new ConfigError({
      code: 'settings-on-trial',
      message: this.isHeld
        ? 'More than one process ended before it trusted the settings that its sources still have; the last known good is used.'
        : 'The process ended before it trusted the settings that its sources still have; the last known good is used.',
      recovery: this.isHeld
        ? 'Correct the settings. To try them again as they are, call reload(reason).'
        : 'The values of the sources are tried as the second generation. If the process ends again, correct them.',
    });
  }

  /** Before settings are used that hooks have still to look at. */
  public async begin(next: Generation): Promise<void> {
    if (!this.#concerns(next)) return;
    const digest = this.#digest(next);
    this.#open = { digest, ends: this.#endsBefore(digest) + 1 };
    await this.#marker.write(this.#open);
  }

  public async end(trusted: Generation): Promise<void> {
    if (!this.#concerns(trusted) || (this.#open ?? this.#left) === undefined) return;
    this.#open = this.#left = undefined;
    await this.#marker.remove();
  }

  /** The settings are no longer in use, and have not ended the process: it goes back from them, or closes. */
  public async leave(): Promise<void> {
    if (this.#open === undefined) return;
    const { digest } = this.#open;
    await this.#marker.write({ digest, ends: Math.max(1, this.#endsBefore(digest)) });
  }

  #endsBefore(digest: string): number {
    return this.#left?.digest === digest ? this.#left.ends : 0;
  }

  /** The first generation of a start with the last known good proves nothing about the sources' answers. */
  #concerns({ number }: Generation): boolean {
    return number > 1 || !this.#standsIn;
  }

  #digest(generation: Generation): string {
    const { plan, selectors } = factsOf(generation);
    return digestOf(this.#keys, committedLayers(generation), selectors, plan);
  }
}
