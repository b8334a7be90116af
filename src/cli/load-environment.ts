import { ConfigError, type ConfigLogger, type ConfigSource, silentLogger } from '../core/index.js';
import { loadGeneration, type Generation } from '../runtime/index.js';
import type { LoadedDefinition } from './load-definition.js';
import { optionMistake } from './option-mistake.js';
import type { Selected } from './selected.js';

/**
 * Loads the user's settings as one environment sees them.
 *
 * @throws ConfigError when the settings are not valid.
 * @throws UsageError when the options themselves are wrong.
 */
export async function loadEnvironment(
  loaded: LoadedDefinition,
  selectors: Selected,
  logger: ConfigLogger = silentLogger,
): Promise<Generation> {
  const { definition, plan, file } = loaded;
  try {
    // The user's logger writes where its output belongs, which would run into ours.
    return await loadGeneration({ ...definition, ...selectors, logger }, { plan });
  } catch (error) {
    throw ConfigError.is(error) ? error : optionMistake(file, error);
  }
}

/** Lets go of what the sources hold; what they say when they cannot is no concern of a program about to end. */
export async function closeSources(sources: readonly ConfigSource[]): Promise<void> {
  await Promise.allSettled(sources.map(async (source) => source.close?.()));
}
