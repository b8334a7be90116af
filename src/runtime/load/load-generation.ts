import {
  abortController,
  ConfigError,
  guardLogger,
  type LoadParameters,
  nearestName,
  onAbort,
  type Selectors,
  systemClock,
} from '../../core/index.js';
import { buildGeneration } from './build-generation.js';
import { answersOf, factsOf, type Generation } from '../generation/index.js';
import { meteredLoad } from './load-meter.js';
import { type LoadOptions, type LoadPlan, planLoad, selectorsOf } from '../plan/index.js';
import { logCopies } from './log-load.js';
import { buildFitting, SourceSlots } from '../slots/index.js';
import type { SourceAnswer } from '../recovery/index.js';

/** What a load needs besides the options. */
export interface LoadRequest {
  /** Worked out from the same options before; saves doing it again. */
  readonly plan?: LoadPlan;
  /** True for a load of one section: keys outside it belong to other code, unless they look like its own, misspelled. */
  readonly isAlone?: boolean;
  /** The number of the generation to be; default one more than that of the previous one. */
  readonly number?: number;
  /** The generation to start from: what has not changed since is taken over from it, not made again. */
  readonly previous?: Generation;
  /** The indexes of the sources to read once more; the others are taken to be as they were. All when absent. */
  readonly only?: ReadonlySet<number>;
  /** Milliseconds for which a changed file must have been still; 500 when absent. */
  readonly settle?: number;
  /** Where the sources' answers are; those of this load alone when absent. Once started they are taken as they are. */
  readonly slots?: SourceSlots;
}

/** What {@link rebuildGeneration} starts from. */
export interface RebuildRequest {
  readonly previous: Generation;
  /** One for each source; a layer that is the same object as in the previous generation is unchanged. */
  readonly answers: readonly SourceAnswer[];
  /** True when the keys may be others than those that the previous generation was opened with. */
  readonly keysMoved: boolean;
  /** Milliseconds for which a changed file must have been still. */
  readonly settle: number;
  /** Those that the answers are for; as before when absent. */
  readonly selectors?: Selectors;
}

/**
 * Reads the sources and the keys in parallel, and builds a generation from the answers.
 *
 * @throws ConfigError of a source, or `invalid-settings` with all issues.
 */
export async function loadGeneration(options: LoadOptions, request: LoadRequest = {}): Promise<Generation> {
  // The options are checked first: what comes after may rely on them.
  const before = request.previous && factsOf(request.previous);
  const plan = before?.plan ?? request.plan ?? planLoad(options, request.isAlone ?? false);
  const selectors = before?.selectors ?? selectorsOf(options);
  if (before === undefined && options.logger !== undefined) logCopies(options.logger);
  const { signal, release } = (options.signal && loadSignal(options.signal)) ?? UNLIMITED;
  const slots = request.slots ?? ownSlots(options, plan, selectors, request);
  try {
    return await meteredLoad(options, before !== undefined, async (meter) => {
      const { clock = systemClock } = options;
      const started = clock.monotonic();
      meter?.begin('read');
      const keys = plan.secrets.load({
        ...selectors,
        env: options.env ?? process.env,
        signal,
        logger: guardLogger(options.logger),
      });
      // Reported below, after the errors of the sources.
      keys.catch(() => undefined);
      // The slots release the caller's signal by themselves.
      await slots.start(options.signal);
      if (before !== undefined && request.slots === undefined) await slots.refresh(request.only);
      if (plan.params !== undefined) refuseUndeclared(plan.params);
      const keysMoved = await keys;
      const build = async (): Promise<Generation> =>
        buildGeneration(slots.answers(), {
          options,
          plan,
          selectors,
          signal,
          meter,
          started,
          keysMoved,
          settle: request.settle,
          ...(request.previous !== undefined && { previous: request.previous }),
          ...(request.number !== undefined && { number: request.number }),
        });
      return before === undefined ? buildFitting(slots, build) : build();
    });
  } finally {
    release?.();
    if (request.slots === undefined) await slots.end();
  }
}

/** @throws ConfigError `unknown-parameter` for a value of the option `params` that no document takes. */
function refuseUndeclared({ declared, values }: LoadParameters): void {
  for (const name of Object.keys(values)) {
    if (declared.has(name)) continue;
    const nearest = nearestName(name, declared);
    const names = declared.size === 0 ? 'No file has $params.' : `The parameters are ${[...declared].join(', ')}.`;
    throw new ConfigError({
      code: 'unknown-parameter',
      message: `No file declares the parameter ${JSON.stringify(name)}.`,
      recovery: nearest === undefined ? names : `Did you mean ${nearest}?`,
    });
  }
}

/**
 * Builds the generation that follows another one from answers that are there.
 *
 * @throws ConfigError `invalid-settings` with all issues.
 */
export async function rebuildGeneration(
  options: LoadOptions,
  { previous, answers, keysMoved, settle, selectors = factsOf(previous).selectors }: RebuildRequest,
): Promise<Generation> {
  const { plan } = factsOf(previous);
  const { signal, release } = (options.signal && loadSignal(options.signal)) ?? UNLIMITED;
  const started = (options.clock ?? systemClock).monotonic();
  try {
    return await meteredLoad(options, true, async (meter) =>
      buildGeneration(answers, { options, plan, selectors, signal, settle, meter, started, keysMoved, previous }),
    );
  } finally {
    release?.();
  }
}

function ownSlots(
  options: LoadOptions,
  plan: LoadPlan,
  selectors: Selectors,
  { previous, settle }: LoadRequest,
): SourceSlots {
  return new SourceSlots(options, plan, {
    selectors,
    ...(settle !== undefined && { settle }),
    ...(previous !== undefined && { held: answersOf(previous) }),
  });
}

/** Nobody waits to give the load up. */
const UNLIMITED: Partial<ReturnType<typeof loadSignal>> = Object.freeze({});

/** A signal of one load, which ends with the caller's until it is released. Every read of the load may listen to it. */
function loadSignal(outer: AbortSignal): { readonly signal: AbortSignal; readonly release: () => void } {
  const control = abortController();
  const follow = (): void => {
    control.abort(outer.reason);
  };
  if (outer.aborted) follow();
  return { signal: control.signal, release: outer.aborted ? () => undefined : onAbort(outer, follow) };
}
