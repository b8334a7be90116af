import { ConfigError, kindOfThrown, thrownInWords, type ConfigLogger } from '../../core/index.js';
import type { SourceHealth } from '../slots/index.js';
import { TimeIsUp } from './answer-within.js';
import type { Objection } from './verify.js';

export function outOfReach({ source, code = 'source-unreachable', message }: SourceHealth): ConfigError {
  return new ConfigError({ code, category: 'source', message: message ?? `${source} cannot be reached.` });
}

/** The error of a rejected reload; a foreign error may quote settings, so only its kind is reported. */
export function asConfigError(error: unknown): ConfigError {
  if (ConfigError.is(error)) return error;
  return new ConfigError({ code: 'reload-failed', message: `The reload failed: it threw ${kindOfThrown(error)}.` });
}

/** The error may quote settings, so only its kind is logged. */
export function logFailure(logger: ConfigLogger, event: string, what: string, error: unknown): void {
  const kind = kindOfThrown(error);
  logger.log({ level: 'error', event, message: `${what}: it threw ${kind}.`, fields: { kind } });
}

export function closedError(): ConfigError {
  return new ConfigError({
    code: 'reload-closed',
    message: 'The reload service has been closed.',
    recovery: 'Close it last, when no reload is requested any more.',
  });
}

/** A hook has something against the first generation: there is nothing to go back to. */
export function unfit({ hook, what }: Objection): ConfigError {
  return new ConfigError({
    code: 'verification-failed',
    message: `The settings cannot be used: "${hook}" ${what.replace(/it$/, 'them')}.`,
    recovery: 'Correct the settings, or what the hook found wrong, and start again.',
  });
}

/** A hook has come to have something against the first generation, which is in use. */
export function doubted({ hook, what }: Objection): ConfigError {
  return new ConfigError({
    code: 'verification-failed',
    message: `Generation 1 stays, because there is no earlier one: "${hook}" ${what}.`,
    recovery: 'Correct the settings. To use them as they are, call trust().',
  });
}

/** A call that the service waits for would wait for the service. */
export function insideError(what: string, caller: string): ConfigError {
  return new ConfigError({
    code: 'reload-inside',
    message: `${what} was called while ${caller} runs, and would wait for it.`,
    recovery: 'Call it when that has returned, for example from setImmediate(…).',
  });
}

export function discontent(generation: number, { hook, what }: Objection): ConfigError {
  return new ConfigError({
    code: 'verification-failed',
    message: `Generation ${String(generation)} was rolled back: "${hook}" ${what}.`,
    recovery: 'Correct the settings. To try them again as they are, call reload(reason).',
  });
}

export interface Veto {
  readonly name: string;
  readonly error: unknown;
}

export function vetoed(vetoes: readonly Veto[], isFirst: boolean): ConfigError {
  const named = vetoes.map(({ name, error }) => `${name} (${reasonOf(error)})`);
  const errors = vetoes.map(({ error }) => error);
  const told = errors.find(isTold);
  const kept = 'The settings in use stay. Correct the new ones; to try them again as they are, call reload(reason).';
  return new ConfigError({
    code: 'reload-vetoed',
    message: `The ${isFirst ? '' : 'new '}settings cannot be used by ${named.join(', ')}.`,
    recovery: isFirst
      ? (told?.message ?? 'Correct the settings, or what they point to, and start again.')
      : told === undefined
        ? kept
        : `${told.message}\n${kept}`,
  });
}

/** Our own messages: they contain only names of packages, tables, roles, tenants, queues, rules and flags. */
const TOLD: readonly string[] = [
  ...['tenant-rows-unprotected', 'tenant-place-taken', 'tenant-strategy-unsupported'],
  ...['topology-differs', 'route-unknown', 'rule-engine-refused', 'saga-name-unknown', 'driver-not-installed'],
  'flag-type-mismatch',
];

function isTold(error: unknown): error is ConfigError {
  return ConfigError.is(error) && TOLD.includes(error.code);
}

/** The kind of error and its code: the message may hold a connection string. */
function reasonOf(error: unknown): string {
  if (error instanceof TimeIsUp) return `it was not ready within ${error.time}`;
  if (ConfigError.is(error)) return error.code;
  return thrownInWords(error);
}
