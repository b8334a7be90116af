import type { ConfigLayer, ConfigPath, ConfigSource, Selectors } from '../core/index.js';
import { formatPath, isConfigLayer, silentLogger } from '../core/index.js';
import { processEnv } from '../sources/index.js';
import type { LoadedDefinition } from './load-definition.js';
import { UsageError } from './usage-error.js';

/**
 * How environment variables are called: by the prefix that is given, or as the first `processEnv(…)` among the user's
 * sources reads them.
 */
export async function envNames(
  { definition, plan }: LoadedDefinition,
  selectors: Selectors,
  prefix: string | undefined,
): Promise<(path: ConfigPath) => string> {
  const { schema } = plan;
  const own = prefix === undefined ? definition.sources.find(({ name }) => name === 'environment') : undefined;
  const source = own ?? prefixed(prefix ?? '');
  // Only a layer knows how its source spells a path, so the source is read once more.
  const loaded = await source.load({
    ...selectors,
    schema,
    signal: new AbortController().signal,
    logger: silentLogger,
  });
  const layer = (Array.isArray(loaded) ? loaded : [loaded]).find(canSpell);
  return (path) => layer?.spell(path) ?? formatPath(path);
}

function prefixed(prefix: string): ConfigSource {
  try {
    return processEnv({ prefix, env: {} });
  } catch {
    throw new UsageError(
      `--prefix ${JSON.stringify(prefix)} does not separate itself from a name.`,
      `Write --prefix ${JSON.stringify(`${prefix}_`)}.`,
    );
  }
}

function canSpell(answer: unknown): answer is Required<Pick<ConfigLayer, 'spell'>> {
  return isConfigLayer(answer) && answer.spell !== undefined;
}
