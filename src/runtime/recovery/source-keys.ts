import type { ConfigSource } from '../../core/index.js';

/** A key for each source that is the same in the next process: its id, or its name, or its place; numbered when shared. */
export function sourceKeys(sources: readonly ConfigSource[]): readonly string[] {
  const seen = new Map<string, number>();
  return sources.map(({ id, name }, index) => {
    const key = id !== undefined ? `id:${id}` : name !== undefined ? `name:${name}` : `place:${String(index)}`;
    const count = (seen.get(key) ?? 0) + 1;
    seen.set(key, count);
    return count === 1 ? key : `${key}#${String(count)}`;
  });
}
