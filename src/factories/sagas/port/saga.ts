import { injectable, type Newable } from 'inversify';
import { option, type OptionKinds, readOptions } from '../../../core/index.js';

/** What {@link Saga} takes besides the name. */
export interface SagaOptions {
  /** A run stays with the version that it was started with. A whole number from 1 on; default 1. */
  readonly version?: number;
}

/** What {@link Step} takes. */
export interface StepOptions<T = unknown> {
  /** The method that undoes the step. */
  readonly compensate?: string;
  /** Retries of the settings, by their name: `retries.payments`. */
  readonly retry?: string;
  /** Leaves the step out when it answers false. It must answer the same for the same run. */
  readonly when?: (run: Pick<SagaRun<T>, 'id' | 'input' | 'results'>) => boolean;
}

/** One run of a saga, as a step or a compensation sees it. Subpath: `uno-config/sagas`. */
export interface SagaRun<T = unknown> {
  readonly id: string;
  /** What it was started with. */
  readonly input: T;
  /**
   * Run and step: the same for every attempt of a step, and for its compensation. Pass it to the service that does the
   * effect, as its idempotency key.
   */
  readonly key: string;
  /** Which attempt this is, from 1; it begins anew in another process. */
  readonly attempt: number;
  /** What the steps before this one answered, by their names. */
  readonly results: Readonly<Record<string, unknown>>;
  /** Aborts when the time of the attempt is over. */
  readonly signal: AbortSignal;
}

export interface StepShape {
  readonly name: string;
  readonly compensate: string | undefined;
  readonly retry: string | undefined;
  readonly when: StepOptions['when'];
}

export interface SagaShape {
  readonly saga: string;
  readonly version: number;
  /** Saga and version: `order-fulfilment@2`. */
  readonly name: string;
  readonly made: Newable;
  readonly steps: readonly StepShape[];
}

const steps = new WeakMap<object, StepShape[]>();
const shapes = new WeakMap<object, SagaShape>();

const SAGA = { version: option.or(option.count(), 1) } satisfies OptionKinds<SagaOptions>;
const STEP = {
  compensate: option.name,
  retry: option.name,
  when: option.callback,
} satisfies OptionKinds<StepOptions>;

/** Names of sagas, which become part of names in engines. */
const NAME = /^[A-Za-z][\w.-]{0,99}$/;

/**
 * Declares a class as a saga: its methods with `@Step` are done one after the other, in the order of the class, and what
 * was done is compensated when one fails. The container makes it, so it is injectable by this. Subpath:
 * `uno-config/sagas`.
 *
 * @throws TypeError for a name or version that cannot be used, no step, or a compensation that is no method.
 *
 * @example
 * ```ts
 * @Saga('order-fulfilment', { version: 2 })
 * class Fulfilment {
 *   @Step({ compensate: 'release' })
 *   public async reserve(run: SagaRun<{ item: string }>): Promise<void> {
 *     report(run.input.item, run.key);
 *   }
 *
 *   public async release(run: SagaRun<{ item: string }>): Promise<void> {
 *     report(run.key);
 *   }
 * }
 * ```
 */
export function Saga(name: string, options: SagaOptions = {}): ClassDecorator {
  const { version } = readOptions('Saga', options, SAGA);
  if (typeof name !== 'string' || !NAME.test(name)) {
    throw new TypeError(
      'Saga(name): name must be 1 to 100 letters, digits, ".", "_" and "-", and begin with a letter.',
    );
  }
  return (target) => {
    const declared = stepsOf(target.prototype as object);
    if (declared.length === 0) throw new TypeError(`${target.name} has no method with @Step.`);
    for (const { name: step, compensate } of declared) {
      const undo: unknown = compensate === undefined ? undefined : Reflect.get(target.prototype as object, compensate);
      if (compensate === undefined || typeof undo === 'function') continue;
      throw new TypeError(`${target.name}.${step}: compensate names "${compensate}", which is no method of the class.`);
    }
    injectable()(target);
    shapes.set(target, {
      saga: name,
      version,
      name: `${name}@${String(version)}`,
      // What a class decorator is given can be made.
      made: target as unknown as Newable,
      steps: Object.freeze(declared),
    });
  };
}

/**
 * Declares a method as a step of a saga. It is tried again when it throws, unless that is a
 * {@link NonRetryableError}, so it must not do anything twice that it does with the
 * same `run.key`; what it answers is kept, as JSON. Subpath: `uno-config/sagas`.
 *
 * @throws TypeError naming an option that cannot be used.
 */
export function Step<T = unknown>(options: StepOptions<T> = {}): MethodDecorator {
  // What it is asked with is the run of its own saga.
  const { compensate, retry, when } = readOptions('Step', options as StepOptions, STEP);
  return (target, name) => {
    if (typeof name !== 'string') throw new TypeError('Step(): a step needs a name that is a string.');
    const own = steps.get(target) ?? [];
    own.push({ name, compensate, retry, when });
    steps.set(target, own);
  };
}

export function shapeOf(saga: unknown): SagaShape {
  const shape = typeof saga === 'function' ? shapes.get(saga) : undefined;
  if (shape !== undefined) return shape;
  throw new TypeError(`sagas: ${typeof saga === 'function' ? saga.name : 'an item'} is not a class with @Saga(…).`);
}

/** Those of the classes above first; one of the same name takes the place of theirs. */
function stepsOf(prototype: object): StepShape[] {
  const above: unknown = Object.getPrototypeOf(prototype);
  const inherited = typeof above === 'object' && above !== null ? stepsOf(above) : [];
  const own = steps.get(prototype) ?? [];
  const kept = inherited.map((step) => own.find(({ name }) => name === step.name) ?? step);
  return [...kept, ...own.filter((step) => !kept.includes(step))];
}
