import { type Clock, type ConfigMetricsPort, isSecureValue, thrownInWords } from '../../../core/index.js';
import type { ResourceHost } from '../../../container/index.js';
import { answerWithin, TimeIsUp } from '../../../runtime/index.js';
import { isNonRetryable } from './non-retryable-error.js';
import type { SagaRun, SagaShape, StepShape } from './saga.js';
import type { RetryPlan, SagaPlan } from './saga-settings.js';

/** What a run is started with, and what engines keep of it: no secret, and JSON. */
export interface SagaRecord {
  readonly input: unknown;
  /** Milliseconds since 1970. */
  readonly deadline: number;
  readonly compensation: SagaPlan['compensation'];
}

/** How a run ended. Subpath: `uno-config/sagas`. */
export type SagaOutcome =
  | { readonly status: 'completed'; readonly results: Readonly<Record<string, unknown>> }
  | {
      /** `compensated`: all that was done is undone. `failed`: some of it could not be, and needs manual repair. */
      readonly status: 'compensated' | 'failed';
      /** Where it went no further. */
      readonly step: string;
      /** The kind of what was thrown, or why it was stopped. */
      readonly because: string;
      /** Steps whose compensation failed. */
      readonly left: readonly string[];
    };

/** What became of a step. Kept by engines. */
type StepOutcome =
  | { readonly kind: 'done'; readonly value?: unknown }
  | { readonly kind: 'left-out' }
  /** `isUnknown`: whether it was done is unknown. */
  | { readonly kind: 'failed'; readonly because: string; readonly isUnknown: boolean };

/** What an engine does for a run. */
export interface RunEngine {
  /** Does something once and keeps what it answers: in another process it is not done again. Never rejects; may never settle. */
  step<T>(name: string, act: () => Promise<T>): Promise<T>;
  /** Why the run is to be stopped; `undefined` when it is not. */
  stopReason(): Promise<string | undefined>;
  pause(milliseconds: number): Promise<void>;
}

export interface RunParts {
  readonly shape: SagaShape;
  readonly id: string;
  readonly record: SagaRecord;
  /** Makes the saga; called once, inside of the first step that needs it. */
  readonly make: () => Promise<object>;
  readonly engine: RunEngine;
  readonly plan: () => SagaPlan;
  readonly clock: Clock;
  readonly metrics: Required<ConfigMetricsPort>;
}

/** Does the steps of a run one after the other, and undoes what was done when one fails. */
export async function runSaga(parts: RunParts): Promise<SagaOutcome> {
  const { shape, engine } = parts;
  const results: Record<string, unknown> = {};
  const done: StepShape[] = [];
  for (const step of shape.steps) {
    const outcome = await engine.step(step.name, async () => doStep(parts, step, { ...results }));
    if (outcome.kind === 'done') {
      if (outcome.value !== undefined) results[step.name] = outcome.value;
      done.push(step);
    }
    if (outcome.kind !== 'failed') continue;
    if (outcome.isUnknown) done.push(step);
    const left = await undo(parts, done, results);
    const status = left.length === 0 ? 'compensated' : 'failed';
    return { status, step: step.name, because: outcome.because, left };
  }
  return { status: 'completed', results };
}

async function undo(
  parts: RunParts,
  done: readonly StepShape[],
  results: Readonly<Record<string, unknown>>,
): Promise<readonly string[]> {
  const toUndo = done.filter(({ compensate }) => compensate !== undefined).reverse();
  const left: string[] = [];
  const one = async (step: StepShape): Promise<void> => {
    const { kind } = await parts.engine.step(`undo ${step.name}`, async () => undoStep(parts, step, results));
    if (kind === 'failed') left.push(step.name);
  };
  // Begun in the same order each time, so that an engine finds what it has kept.
  if (parts.record.compensation === 'parallel') await Promise.all(toUndo.map(one));
  else for (const step of toUndo) await one(step);
  return left;
}

async function doStep(
  parts: RunParts,
  step: StepShape,
  results: Readonly<Record<string, unknown>>,
): Promise<StepOutcome> {
  const { id, record, plan, engine, clock } = parts;
  const isWanted = step.when?.({ id, input: record.input, results }) ?? true;
  if (!isWanted) return { kind: 'left-out' };
  // Checked before every attempt, and kept with the outcome: a later replay goes the same way.
  const refusal = async (): Promise<string | undefined> => {
    if (clock.now() > record.deadline) return 'its time was over';
    return engine.stopReason();
  };
  return attempts(parts, step, step.name, results, () => plan().retryOf(step.retry), refusal);
}

async function undoStep(
  parts: RunParts,
  step: StepShape,
  results: Readonly<Record<string, unknown>>,
): Promise<StepOutcome> {
  const retry = (): RetryPlan => parts.plan().compensationRetry;
  return attempts(parts, step, step.compensate ?? '', results, retry, async () => Promise.resolve(undefined));
}

async function attempts(
  parts: RunParts,
  step: StepShape,
  method: string,
  results: Readonly<Record<string, unknown>>,
  retry: () => RetryPlan,
  refusal: () => Promise<string | undefined>,
): Promise<StepOutcome> {
  const { id, record, make, engine, plan, clock, metrics, shape } = parts;
  const attributes = { saga: shape.saga, step: method };
  let last: StepOutcome | undefined;
  for (let attempt = 1; ; attempt++) {
    const refused = await refusal();
    if (refused !== undefined) return { kind: 'failed', because: refused, isUnknown: isUnknown(last) };
    try {
      const saga = await make();
      const limits = { clock, timeout: plan().stepTimeout, signal: new AbortController().signal };
      const value: unknown = await answerWithin(limits, (signal): unknown => {
        const run: SagaRun = { id, input: record.input, key: `${id}:${step.name}`, attempt, results, signal };
        // Declared as a method by @Step, or found to be one by @Saga.
        return Reflect.apply(Reflect.get(saga, method) as (run: SagaRun) => unknown, saga, [run]);
      });
      metrics.count('config.saga.attempts', 1, { ...attributes, result: 'done' });
      return { kind: 'done', value: plainJson(value, `what ${method} answers`) };
    } catch (error) {
      metrics.count('config.saga.attempts', 1, { ...attributes, result: 'failed' });
      const isTimeout = error instanceof TimeIsUp;
      const because = isTimeout
        ? `${method} did not end within ${error.time}`
        : `${method} threw ${thrownInWords(error)}`;
      last = { kind: 'failed', because, isUnknown: isTimeout || isUnknown(last) };
      const { maxAttempts, minDelay, maxDelay } = retry();
      if (attempt >= maxAttempts || isNonRetryable(error)) return last;
      await engine.pause(Math.random() * Math.min(maxDelay, minDelay * 2 ** (attempt - 1)));
    }
  }
}

function isUnknown(last: StepOutcome | undefined): boolean {
  return last?.kind === 'failed' && last.isUnknown;
}

/** What an engine could not keep, or should not. */
class NotJson extends TypeError {
  public readonly nonRetryable = true;
}

/** A copy as JSON has it. Throws TypeError for a secret, and for what JSON does not know. */
export function plainJson(value: unknown, what: string): unknown {
  let text: unknown;
  try {
    text = JSON.stringify(value, function (this: unknown, key: string, given: unknown): unknown {
      // The value before its `toJSON`, which `JSON.stringify` calls first.
      const own: unknown = typeof this === 'object' && this !== null ? Reflect.get(this, key) : given;
      if (isSecureValue(own)) throw new NotJson(`sagas: ${what} holds a secret, which engines would keep.`);
      return given;
    });
  } catch (error) {
    if (error instanceof NotJson) throw error;
    throw new NotJson(`sagas: ${what} must be what JSON knows.`);
  }
  return typeof text === 'string' ? (JSON.parse(text) as unknown) : undefined;
}

export function reportEnd(
  id: string,
  { saga, name }: SagaShape,
  outcome: SagaOutcome,
  { metrics, logger }: Pick<ResourceHost, 'metrics' | 'logger'>,
): void {
  const { status } = outcome;
  metrics.count('config.saga.runs', 1, { saga, result: status });
  if (status === 'completed') return;
  const { step, because, left } = outcome;
  const lost = left.length === 0 ? '' : ` What could not be undone: ${left.join(', ')}.`;
  logger.log({
    level: status === 'failed' ? 'error' : 'warn',
    event: `config.saga.${status}`,
    message: `The run ${id} of ${name} ${status === 'failed' ? 'failed' : 'was compensated'} at ${step}: ${because}.${lost}`,
    fields: { run: id, saga: name, step, because, left },
  });
}
