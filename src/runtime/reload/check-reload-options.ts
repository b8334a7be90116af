import { Duration } from '../../sections/index.js';
import type { ReloadOptions } from './reload-options.js';

/** The options that are amounts, checked, with their defaults. Durations are in milliseconds. */
export interface ReloadAmounts {
  readonly debounce: number;
  readonly pollInterval: number;
  readonly settle: number;
  readonly bake: number;
  readonly prepareTimeout: number;
  readonly verifyTimeout: number;
  readonly closeTimeout: number;
  /** In generations. */
  readonly history: number;
}

/** @throws TypeError naming the option. */
export function checkReloadOptions(options: ReloadOptions): ReloadAmounts {
  const { debounce = '100ms', pollInterval = '500ms', settle = '500ms', bake = '0s', history = 10 } = options;
  const { prepareTimeout = '30s', verifyTimeout = '30s', closeTimeout = '10s' } = options;
  if (!Number.isSafeInteger(history) || history < 1) throw new TypeError('reload.history: a whole number from 1 on.');
  if (options.signal !== undefined && !SIGNALS.includes(options.signal)) {
    throw new TypeError(`reload.signal: write one of ${SIGNALS.join(', ')}; others end the process.`);
  }
  checkNamed('verify', 'check', options.verify);
  checkNamed('dependants', 'prepare', options.dependants);
  return {
    debounce: milliseconds('debounce', debounce),
    pollInterval: milliseconds('pollInterval', pollInterval),
    settle: milliseconds('settle', settle),
    bake: milliseconds('bake', bake),
    prepareTimeout: milliseconds('prepareTimeout', prepareTimeout),
    verifyTimeout: milliseconds('verifyTimeout', verifyTimeout),
    closeTimeout: milliseconds('closeTimeout', closeTimeout),
    history,
  };
}

const SIGNALS: readonly string[] = ['SIGHUP', 'SIGUSR2'];

/** A caller without types may list bare functions, which would be asked under no name or never. */
function checkNamed(option: string, method: string, listed: readonly object[] = []): void {
  for (const [index, one] of listed.entries()) {
    const name: unknown = Reflect.get(one, 'name');
    const called: unknown = Reflect.get(one, method);
    if (typeof name === 'string' && name !== '' && typeof called === 'function') continue;
    throw new TypeError(`reload.${option}[${String(index)}]: an object with a name and a ${method}() function.`);
  }
}

function milliseconds(option: string, value: string | Duration): number {
  try {
    return Duration.of(value).milliseconds;
  } catch (cause) {
    throw new TypeError(`reload.${option}: ${cause instanceof Error ? cause.message : 'not a duration'}`, { cause });
  }
}
