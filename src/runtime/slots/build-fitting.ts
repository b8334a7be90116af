import { ConfigError } from '../../core/index.js';
import { isInCopy } from '../recovery/index.js';
import type { SourceSlots } from './source-slots.js';

/**
 * Builds on what the slots hold. Where copies of the last known good no longer fit the settings classes, it is tried with
 * older ones, and with defaults in the end.
 *
 * @throws what `build` throws at first, with the sources that are out of reach.
 */
export async function buildFitting<T>(slots: SourceSlots, build: () => Promise<T>): Promise<T> {
  try {
    return await build();
  } catch (error) {
    const outages = slots.outages();
    if (!isMisfit(error) || outages.length === 0) throw error;
    while (await slots.standOnOlder()) {
      try {
        return await build();
      } catch (again) {
        if (!isMisfit(again)) throw again;
      }
    }
    throw withOutages(error, outages);
  }
}

function isMisfit(error: unknown): error is ConfigError {
  return ConfigError.is(error) && error.code === 'invalid-settings';
}

function withOutages({ code, category, message, issues }: ConfigError, outages: readonly ConfigError[]): ConfigError {
  const [first = ''] = message.split('\n', 1);
  // What is set elsewhere is not the fault of a copy.
  const isBlamed = issues.some(({ origin }) => origin === undefined || isInCopy(origin));
  const hint = isBlamed
    ? 'Its last known good is used instead, and no longer fits the settings classes; nor does an older one.'
    : 'Its last known good is used instead; with an older one the settings are not valid, either.';
  const reasons = outages.map((outage) => ({
    code: outage.code,
    path: [],
    message: outage.message.split('\n', 1)[0] ?? '',
    hint,
  }));
  return new ConfigError({ code, category, message: first, issues: [...reasons, ...issues] });
}
