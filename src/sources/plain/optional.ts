import { type ConfigSource, ConfigError, option, wrapSource } from '../../core/index.js';

/**
 * A source that may be absent: then it sets nothing. What is there but cannot be read or parsed stays an error, and so
 * does a missing file that it imports. What is absent now may come: the source watches for that too. Subpath: `uno-config`.
 *
 * @example
 * ```ts
 * const source = optional(yamlFile('config/local.yaml'));
 * ```
 */
export function optional(source: ConfigSource): ConfigSource {
  option.source.read(source, 'optional: source');
  return Object.freeze(
    wrapSource(source, {
      optional: true,
      // Not the id itself: sources that share one answer by id must not share the tolerance.
      ...(source.id !== undefined && { id: `optional:${source.id}` }),
      load: async (context) => thereOrNot(async () => source.load(context), []),
      ...(source.files !== undefined && {
        files: async (context) => thereOrNot(async () => source.files?.(context) ?? [], []),
      }),
    }),
  );
}

async function thereOrNot<Answer>(ask: () => Promise<Answer>, otherwise: Answer): Promise<Answer> {
  try {
    return await ask();
  } catch (error) {
    if (ConfigError.is(error) && error.code === 'source-not-found') return otherwise;
    throw error;
  }
}
