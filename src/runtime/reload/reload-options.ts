import {
  type Duration,
  option,
  type OptionKinds,
  type OptionValues,
  guardClock,
  guardLogger,
  systemClock,
  type Clock,
} from '../../core/index.js';
import type { LoadOptions } from '../plan/index.js';
import type { ConfigDependant } from './participant.js';
import type { VerifyHook } from './verify.js';
import { logFailure } from './reload-errors.js';

/** When and how settings are reloaded while the program runs. */
export interface ReloadOptions {
  /** Watch the sources that can be watched, files and folders among them; default false. */
  readonly watch?: boolean;
  /** How often a watched file is looked at where the system reports no change, as on network file systems; default `500ms`. */
  readonly pollInterval?: string | Duration;
  /**
   * How long a file that is written in place, or that was absent, must have been still before it is taken; default
   * `500ms`. A file that is replaced by a rename is taken at once. A writer that pauses for longer is taken for done.
   */
  readonly settle?: string | Duration;
  /** How long changes are collected before one reload takes all of them; default `100ms`. */
  readonly debounce?: string | Duration;
  /** Reload when the process gets this signal; none by default. */
  readonly signal?: 'SIGHUP' | 'SIGUSR2';
  /** How many generations are kept for history, diff and rollback, the current one included; default 10. */
  readonly history?: number;
  /** What must be able to work with new settings before they become current. */
  readonly dependants?: readonly ConfigDependant[];
  /** How long a dependant may take to prepare; one that takes longer vetoes; default `30s`. */
  readonly prepareTimeout?: string | Duration;
  /**
   * How long closing waits for what is under way, and then for the sources to close; default `10s`. What takes longer is
   * named in the log.
   */
  readonly closeTimeout?: string | Duration;
  /** Looks at a generation after it has become current; one that fails within {@link bake} is rolled back. */
  readonly verify?: readonly VerifyHook[];
  /** How long a fresh generation is looked at; default `0s`: once, right after the commit. */
  readonly bake?: string | Duration;
  /** How long a hook may take to answer; one that takes longer is not content; default `30s`. */
  readonly verifyTimeout?: string | Duration;
}

const KINDS = {
  watch: option.or(option.flag, false),
  pollInterval: option.or(option.positiveSpan, 500),
  settle: option.or(option.span, 500),
  debounce: option.or(option.span, 100),
  // Other signals end the process.
  signal: option.oneOf('SIGHUP', 'SIGUSR2'),
  history: option.or(option.count(), 10),
  dependants: option.listOf(named('prepare')),
  prepareTimeout: option.or(option.positiveSpan, 30_000),
  closeTimeout: option.or(option.span, 10_000),
  verify: option.listOf(named('check')),
  bake: option.or(option.span, 0),
  verifyTimeout: option.or(option.positiveSpan, 30_000),
} satisfies OptionKinds<ReloadOptions>;

/** The options with their defaults; durations in milliseconds. */
export type ReloadValues = OptionValues<ReloadOptions, typeof KINDS>;

export const RELOAD_OPTIONS = option.options<ReloadOptions, typeof KINDS>(KINDS);

export function readReloadOptions(given: ReloadOptions): ReloadValues {
  return RELOAD_OPTIONS.read(given, 'reload');
}

/** Bare functions would be asked under no name, or never. */
function named(method: string): ReturnType<typeof option.kind> {
  return option.kind(
    `an object with a name and a ${method}() function`,
    (value) =>
      typeof value === 'object' &&
      value !== null &&
      typeof Reflect.get(value, 'name') === 'string' &&
      Reflect.get(value, 'name') !== '' &&
      typeof Reflect.get(value, method) === 'function',
  );
}

/** Options whose clock and logger stop nothing when they throw. */
export function guardedOptions(options: LoadOptions): LoadOptions & { readonly clock: Clock } {
  const logger = guardLogger(options.logger);
  const clock = guardClock(options.clock ?? systemClock, (error) => {
    logFailure(logger, 'config.clock.failed', 'The clock failed; time does not advance until it works again', error);
  });
  return { ...options, clock };
}
