import { AsyncLocalStorage } from 'node:async_hooks';
import type { FlagContext } from './engine.js';
import type { FlagValue } from './flag-value.js';

export interface FlagRun {
  readonly context: FlagContext;
  readonly overrides: ReadonlyMap<string, FlagValue> | undefined;
}

export class FlagRuns {
  readonly #runs = new AsyncLocalStorage<FlagRun>();

  public get current(): FlagRun | undefined {
    return this.#runs.getStore();
  }

  /** Adds to the context of the run that is set. */
  public run<Result>(context: FlagContext, work: () => Result): Result {
    const { current } = this;
    const whole = current === undefined ? context : { ...current.context, ...context };
    return this.#runs.run({ context: Object.freeze({ ...whole }), overrides: current?.overrides }, work);
  }

  /** Adds to the overrides of the run that is set. */
  public override<Result>(values: ReadonlyMap<string, FlagValue>, work: () => Result): Result {
    const { current } = this;
    const overrides = new Map([...(current?.overrides ?? []), ...values]);
    return this.#runs.run({ context: current?.context ?? {}, overrides }, work);
  }
}
