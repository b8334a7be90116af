import { ConfigError } from '../core/index.js';
import { loadDriver } from '../drivers/index.js';
import type { DefinedFlags } from './defined-flags.js';
import type { FlagEngine } from './engine.js';
import { needsEngine } from './flag-set.js';

/**
 * The engine, for flags with rules.
 *
 * @param isHopeful true where rules may still come: then it is loaded where it is installed
 * @throws ConfigError `driver-not-installed`.
 */
export async function loadEngine(
  defined: DefinedFlags,
  isHopeful: boolean,
  driver?: () => FlagEngine | Promise<FlagEngine>,
): Promise<FlagEngine | undefined> {
  const isNeeded = needsEngine(defined);
  if (!isNeeded && !isHopeful) return undefined;
  try {
    return await loadDriver<FlagEngine>('@openfeature/flagd-core', driver);
  } catch (error) {
    if (isNeeded || !ConfigError.is(error) || error.code !== 'driver-not-installed') throw error;
    return undefined;
  }
}
