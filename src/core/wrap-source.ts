import type { ConfigSource } from './config-source.js';

/** A source that does what another does, but for what is given; methods are called on the one they belong to. */
export function wrapSource(source: ConfigSource, changes: Partial<ConfigSource>): ConfigSource {
  const { name, poll, timeout, optional } = source;
  return {
    ...(name !== undefined && { name }),
    ...(poll !== undefined && { poll }),
    ...(timeout !== undefined && { timeout }),
    ...(optional !== undefined && { optional }),
    load: (context) => source.load(context),
    ...(source.files !== undefined && { files: async (context) => source.files?.(context) ?? [] }),
    ...(source.watch !== undefined && { watch: (context) => source.watch?.(context) }),
    ...(source.close !== undefined && { close: () => source.close?.() }),
    ...changes,
  };
}
