import type { Clock } from '../../core/index.js';
import type { Generation } from '../generation.js';
import { verifyGeneration, type Objection, type VerifyHook } from './verify.js';

/** What {@link Bake} needs, and whom it tells. */
export interface BakeOptions {
  readonly hooks: readonly VerifyHook[];
  /** Milliseconds. */
  readonly time: number;
  /** Milliseconds that a hook may take for one look. */
  readonly timeout: number;
  readonly clock: Clock;
  /** Called when a hook was not content with a generation that has not been followed by another. */
  readonly discontent: (from: Generation, to: Generation, objection: Objection, reason: string) => Promise<unknown>;
}

/** Lets the hooks look at the generation that became current last, for as long as it takes to trust it. */
export class Bake {
  readonly #options: BakeOptions;
  #control = new AbortController();

  public constructor(options: BakeOptions) {
    this.#options = options;
  }

  /** Ends when the hooks are content, when one is not and has been answered, or with {@link abort}. */
  public async begin(current: Generation, previous: Generation, reason: string): Promise<void> {
    const { hooks, time: bake, timeout, clock, discontent } = this.#options;
    if (hooks.length === 0) return;
    const { signal } = (this.#control = new AbortController());
    const objection = await verifyGeneration(hooks, current, previous, { bake, timeout, clock, signal });
    if (objection !== undefined) await discontent(current, previous, objection, reason);
  }

  /** The generation under way is followed by another, or nobody needs to know any more. */
  public abort(): void {
    this.#control.abort();
  }
}
