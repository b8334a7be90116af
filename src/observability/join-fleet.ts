import { hostname } from 'node:os';
import {
  abortController,
  type Clock,
  type ConfigLogger,
  type ConfigSource,
  guardLogger,
  type InstanceReport,
  onAbort,
  option,
  OptionMistake,
  type OptionKinds,
  readOptions,
  systemClock,
  thrownInWords,
  type TimeSpan,
} from '../core/index.js';
import type { ReloadService } from '../runtime/index.js';
import { configHealth } from './health.js';

/** What {@link joinFleet} takes. */
export interface FleetOptions {
  /** The source of the module that reads the store; the program is listed there. */
  readonly source: ConfigSource;
  /** Names this program while it runs; must differ from all others. Default: the machine and the process. */
  readonly instance?: string;
  /** How often the program is heard of when nothing changes. Default: `15s`. */
  readonly every?: TimeSpan;
  /** Where it is logged that the store takes no reports; nowhere by default. */
  readonly logger?: ConfigLogger;
  /** Time; the machine's own by default. */
  readonly clock?: Clock;
}

/** A program's place in the list of those that read a store. */
export interface FleetMember extends AsyncDisposable {
  /** As it is listed. */
  readonly instance: string;
  /** Takes it from the list. Happens by itself once the reload service is closed. */
  leave(): Promise<void>;
}

const OPTIONS = {
  source: option.required(option.source),
  instance: option.or(option.name, `${hostname()}-${String(process.pid)}`),
  every: option.or(option.positiveSpan, 15_000),
  logger: option.logger,
  clock: option.or(option.clock, systemClock),
} satisfies OptionKinds<FleetOptions>;

/**
 * Lists a program in the store that its settings come from: which revision it runs, its health, and why it rejected the
 * latest settings. Reported after each change and every 15 seconds; seen with `uno-config fleet`. A store that takes no
 * reports is logged, and disturbs nothing else. Subpath: `uno-config/observability`.
 *
 * @throws TypeError naming an option that cannot be used.
 *
 * @example
 * ```ts
 * import { postgresSource } from 'uno-config/sources/postgres';
 *
 * const source = postgresSource({ namespace: 'orders' });
 * await container.loadAsync(ConfigModule.fromOptions({ sections: [HttpSettings], sources: [source], reload: { watch: true } }));
 * const member = joinFleet(container.get(ReloadService), { source });
 * ```
 */
export function joinFleet(reloads: ReloadService, options: FleetOptions): FleetMember {
  const { source, instance, every, logger: given, clock } = readOptions('joinFleet', options, OPTIONS);
  const { store } = source;
  if (store === undefined) {
    throw new OptionMistake(
      'joinFleet: source must be one that reads a store, such as postgresSource({ namespace }), not another kind of source.',
    );
  }
  const logger = guardLogger(given);
  const control = abortController();
  const { signal } = control;
  const report = reporterOf(reloads, store.name, { instance, every, started: clock.now() });
  let isTroubled = false;
  let isWanted = false;
  let sending: Promise<void> | undefined;

  const send = async (): Promise<void> => {
    try {
      await store.report(report());
      isTroubled = false;
    } catch (error) {
      if (isTroubled) return;
      isTroubled = true;
      logger.log({
        level: 'warn',
        event: 'config.fleet.unreported',
        message: `${store.name} takes no report of this program: ${thrownInWords(error)}. It is tried again.`,
        fields: { source: store.name, instance },
      });
    }
  };
  /** One report at a time; what happens meanwhile is in the next one. */
  const wanted = (): void => {
    if (signal.aborted) return;
    if (sending !== undefined) {
      isWanted = true;
      return;
    }
    sending = send().finally(() => {
      sending = undefined;
      const isAgain = isWanted;
      isWanted = false;
      if (isAgain) wanted();
    });
  };
  const leave = async (): Promise<void> => {
    if (signal.aborted) return;
    control.abort();
    await sending;
    // It is forgotten within the hour anyway.
    await store.leave(instance).catch(() => undefined);
  };
  const beat = (): void => {
    if (reloads.status().state === 'closed') void leave();
    else wanted();
    // Many programs that began together must not report together.
    const cancel = clock.after(Math.round(every * (0.9 + 0.2 * Math.random())), beat);
    if (signal.aborted) cancel();
    else onAbort(signal, cancel);
  };
  onAbort(signal, reloads.events.on(wanted));
  beat();
  return Object.freeze({ instance, leave, [Symbol.asyncDispose]: leave });
}

function reporterOf(
  reloads: ReloadService,
  source: string,
  facts: Pick<InstanceReport, 'instance' | 'every' | 'started'>,
): () => InstanceReport {
  /** While its newest answer is not in use, the one before still is. */
  let inUse: string | undefined;
  return () => {
    const { status, problems, generation, sources, lastRejection } = configHealth(reloads);
    const own = sources.find((health) => health.source === source);
    if (own?.revision !== undefined && own.inUse !== false) inUse = own.revision;
    return {
      ...facts,
      ...(inUse !== undefined && { revision: inUse }),
      generation: generation?.number ?? 0,
      health: status,
      problems,
      ...(lastRejection !== undefined && {
        rejection: { code: lastRejection.code, message: lastRejection.message, time: lastRejection.time },
      }),
    };
  };
}
