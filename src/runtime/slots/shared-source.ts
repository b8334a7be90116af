import type { ConfigSource } from '../../core/index.js';

const users = new WeakMap<ConfigSource, number>();

/** One more keeps the source open: several modules may read one. */
export function useSource(source: ConfigSource): void {
  users.set(source, (users.get(source) ?? 0) + 1);
}

/** One less does. True when it was the last. */
export function releaseSource(source: ConfigSource): boolean {
  const left = (users.get(source) ?? 0) - 1;
  if (left > 0) users.set(source, left);
  else users.delete(source);
  return left <= 0;
}

/** True while it has users. */
export function isUsed(source: ConfigSource): boolean {
  return users.has(source);
}
