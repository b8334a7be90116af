import { ConfigError, type ConfigLogger } from '../../core/index.js';
import type { Generation } from '../generation.js';
import { answerWithin, TimeIsUp, type AnswerLimits } from './answer-within.js';
import type { OpenWork } from './open-work.js';
import { logFailure } from './reload-errors.js';

/** What a dependant has made ready for a generation that is not current yet. */
export interface PreparedChange {
  /** Called in the moment of the commit, at once after it; must not wait and should not throw. */
  commit(): void;
  /** Called after the commit, to let go of what belonged to the old generation; may take its time. */
  drain?(): Promise<void>;
  /** Called instead of both when the generation does not become current after all. */
  abandon?(): void | Promise<void>;
}

/** What a dependant is told. */
export interface PrepareContext {
  /** Aborts when the reload is no longer wanted, or the time for it is over. */
  readonly signal: AbortSignal;
}

/** How long dependants may prepare. */
export interface PrepareLimits extends AnswerLimits {
  /** Where it is put down what of it must still be let go of. */
  readonly work: OpenWork;
}

/**
 * Something that must be able to work with a generation before it may become current: a connection pool, a broker
 * connection. Registered with the `ReloadService`. Subpath: `uno-config`.
 *
 * @example
 * ```ts
 * const pool: ConfigDependant = {
 *   name: 'orders database',
 *   prepare: async (next) => {
 *     const settings = next.get(DatabaseSettings);
 *     if (settings.host === '') throw new Error('cannot connect');
 *     return { commit: () => undefined };
 *   },
 * };
 * ```
 */
export interface ConfigDependant {
  /** Names the dependant in errors and logs. */
  readonly name: string;
  /** Makes ready for the next generation; throwing vetoes it. Nothing to do is answered with nothing. */
  prepare(
    next: Generation,
    previous: Generation,
    context: PrepareContext,
  ): PreparedChange | undefined | Promise<PreparedChange | undefined>;
}

/** A dependant with what it prepared. */
export interface Prepared {
  readonly dependant: ConfigDependant;
  readonly change: PreparedChange;
}

/**
 * Lets all dependants prepare side by side. When one vetoes, or is not ready in time, what the others have prepared is
 * abandoned, and so is what comes too late.
 *
 * @throws ConfigError `reload-vetoed` naming every dependant that did.
 */
export async function prepareDependants(
  dependants: Iterable<ConfigDependant>,
  next: Generation,
  previous: Generation,
  limits: PrepareLimits,
): Promise<readonly Prepared[]> {
  const all = [...dependants];
  const settled = await Promise.allSettled(
    all.map(async (dependant) => {
      return answerWithin(
        limits,
        async (signal) => dependant.prepare(next, previous, { signal }),
        (change) => change?.abandon?.(),
      );
    }),
  );
  const prepared: Prepared[] = [];
  const vetoes: string[] = [];
  settled.forEach((result, index) => {
    const dependant = all[index];
    if (dependant === undefined) return;
    if (result.status === 'rejected') vetoes.push(`${dependant.name} (${reasonOf(result.reason)})`);
    else if (result.value !== undefined) prepared.push({ dependant, change: result.value });
  });
  if (vetoes.length === 0) return prepared;
  abandonAll(prepared, limits.work);
  throw new ConfigError({
    code: 'reload-vetoed',
    category: 'reload',
    message: `The new settings cannot be used by ${vetoes.join(', ')}.`,
    recovery: 'The settings in use stay. Correct the new ones; the next change is tried again.',
  });
}

const FAILED = 'config.dependant.failed';

/** Lets all move to the generation that has just become current; one that throws stops no other. */
export function commitAll(prepared: readonly Prepared[], logger: ConfigLogger): void {
  for (const { dependant, change } of prepared) {
    try {
      change.commit();
    } catch (error) {
      logFailure(logger, FAILED, `${dependant.name} failed at the commit`, error);
    }
  }
}

/** Lets all let go of what belonged to the generation before. No reload waits for that. */
export function drainAll(prepared: readonly Prepared[], work: OpenWork, logger: ConfigLogger): void {
  for (const { dependant, change } of prepared) {
    // In a function of its own, so that one that throws before it waits is no different from one that rejects.
    const draining = (async () => change.drain?.())().catch((error: unknown) => {
      logFailure(logger, FAILED, `${dependant.name} could not let go of the old settings`, error);
    });
    work.add(`dependant ${dependant.name}`, draining);
  }
}

/** Tells all that the generation does not become current. No reload waits for that, and a failure stops nobody. */
export function abandonAll(prepared: readonly Prepared[], work: OpenWork): void {
  for (const { dependant, change } of prepared) {
    work.add(`dependant ${dependant.name}`, (async () => change.abandon?.())());
  }
}

/** The kind of error and its code: the message may hold a connection string. */
function reasonOf(error: unknown): string {
  if (error instanceof TimeIsUp) return `it was not ready within ${error.time}`;
  if (ConfigError.is(error)) return error.code;
  if (!(error instanceof Error)) return 'it threw something that is not an error';
  return 'code' in error && typeof error.code === 'string' ? `${error.name} ${error.code}` : error.name;
}
