import type { LoadContext } from '../core/index.js';
import { guardLogger, silentLogger, systemClock } from '../core/index.js';
import { buildGeneration } from './build-generation.js';
import { factsOf, type Generation } from './generation.js';
import { meteredLoad, type LoadMeter } from './load-meter.js';
import type { LoadOptions } from './load-options.js';
import { loadSignal } from './load-signal.js';
import type { LoadPlan } from './load-plan.js';
import { planLoad, selectorsOf } from './load-plan.js';
import { readSources } from './read-sources.js';
import { hasRecoveryPolicy, SourceRecovery } from './recovery/index.js';

/** What a load needs besides the options. */
export interface LoadRequest {
  /** Worked out from the same options before; saves doing it again. */
  readonly plan?: LoadPlan;
  /** True when keys outside the sections belong to somebody else. */
  readonly open?: boolean;
  /** The number of the generation to be; default one more than that of the previous one. */
  readonly number?: number;
  /** The generation to start from: what has not changed since is taken over from it, not made again. */
  readonly previous?: Generation;
  /** The indexes of the sources to read; the others are taken to be as they were. All when absent. */
  readonly only?: ReadonlySet<number>;
  /** Milliseconds for which a changed file must have been still; 500 when absent. */
  readonly settle?: number;
  /** What the sources' recovery policies are carried out by; one for this load alone when absent. */
  readonly recovery?: SourceRecovery;
}

/**
 * Reads the sources and the keys, side by side, and builds a generation from what they say.
 *
 * @throws ConfigError of a source, or `invalid-settings` with all issues.
 */
export async function loadGeneration(options: LoadOptions, request: LoadRequest = {}): Promise<Generation> {
  // The options are checked first: what comes after may rely on them.
  const plan =
    (request.previous && factsOf(request.previous).plan) ?? request.plan ?? planLoad(options, request.open ?? false);
  const own = request.recovery === undefined ? ownRecovery(options) : undefined;
  const { signal, release } = loadSignal(options.signal);
  const recovered = { ...request, plan, signal, ...(own !== undefined && { recovery: own }) };
  try {
    return await meteredLoad(options, request.previous !== undefined, async (meter) => load(options, recovered, meter));
  } finally {
    release();
    await own?.close();
  }
}

/** Without somebody who asks again later, a policy still says what stands in for a source now. */
function ownRecovery({
  sources,
  logger = silentLogger,
  clock,
  lastKnownGood,
}: LoadOptions): SourceRecovery | undefined {
  if (!sources.some(hasRecoveryPolicy)) return undefined;
  return new SourceRecovery({
    sources,
    logger,
    ...(clock !== undefined && { clock }),
    ...(lastKnownGood !== undefined && { lastKnownGood }),
  });
}

async function load(
  options: LoadOptions,
  request: LoadRequest & { readonly plan: LoadPlan; readonly signal: AbortSignal },
  meter: LoadMeter,
): Promise<Generation> {
  const { clock = systemClock } = options;
  const { previous, only, plan, signal, number } = request;
  const before = previous && factsOf(previous);
  const selectors = before?.selectors ?? selectorsOf(options);
  const logger = guardLogger(options.logger ?? silentLogger);
  const context: LoadContext = {
    ...selectors,
    schema: plan.schema,
    signal,
    logger,
    clock,
    ...(request.settle !== undefined && { settle: request.settle }),
  };
  const started = clock.monotonic();

  meter.begin('read');
  const keys = plan.secrets.load({ ...selectors, env: options.env ?? process.env, signal, logger });
  // Told below, after what the sources say.
  keys.catch(() => undefined);
  const answers = await readSources(options.sources, {
    context,
    timeout: plan.timeout,
    clock,
    ...(before !== undefined && { previous: before.readings.slice(1).map(({ answer }) => answer) }),
    ...(only !== undefined && { only }),
    ...(request.recovery !== undefined && { recovery: request.recovery }),
    ...(options.metrics !== undefined && { metrics: options.metrics }),
  });
  return buildGeneration(answers, {
    options,
    plan,
    selectors,
    signal,
    meter,
    started,
    keysMoved: await keys,
    ...(previous !== undefined && { previous }),
    ...(number !== undefined && { number }),
  });
}
