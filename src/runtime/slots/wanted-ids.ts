export type WantedIds = ReadonlySet<string> | 'all';

/** What two want together. */
export function joinIds(one: Set<string> | 'all' | undefined, other: WantedIds): Set<string> | 'all' {
  if (one === 'all' || other === 'all') return 'all';
  // In place: there may be thousands of notices in one window.
  const ids = one ?? new Set();
  for (const id of other) ids.add(id);
  return ids;
}
