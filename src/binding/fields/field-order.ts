/**
 * One order out of several partial ones, each of which keeps to the order of declaration. Of names that they leave open,
 * those of earlier lists come first; where lists contradict each other, one is followed.
 */
export function mergeOrders(orders: readonly (readonly string[])[]): readonly string[] {
  const [first = [], ...others] = orders;
  const known = distinct(first);
  const isKnown = holderOf(known);
  // Mostly every field has a decorator of class-validator.
  if (others.every((order) => order.every(isKnown))) return known;
  return sorted(orders.map((order) => [...new Set(order)]));
}

/** So many names are looked through faster than a table of them is made, and most nested classes have no more. */
const FEW = 16;

function distinct(names: readonly string[]): readonly string[] {
  if (names.length <= FEW && names.every((name, at) => names.indexOf(name) === at)) return names;
  return [...new Set(names)];
}

function holderOf(names: readonly string[]): (name: string) => boolean {
  if (names.length <= FEW) return (name) => names.includes(name);
  const known = new Set(names);
  return (name) => known.has(name);
}

function sorted(lists: readonly (readonly string[])[]): readonly string[] {
  const before = predecessors(lists);
  const merged = new Set<string>();
  for (const name of before.keys()) {
    // Not by recursion: a list may be thousands of names long.
    const open = [name];
    const waiting = new Set(open);
    for (let top = open.at(-1); top !== undefined; top = open.at(-1)) {
      const earlier = merged.has(top) ? undefined : before.get(top)?.pop();
      if (earlier === undefined) {
        merged.add(top);
        open.pop();
      } else if (!waiting.has(earlier)) {
        waiting.add(earlier);
        open.push(earlier);
      }
    }
  }
  return [...merged];
}

/** What each name comes directly after, in one list or the other; the predecessor in the first list is last. */
function predecessors(lists: readonly (readonly string[])[]): ReadonlyMap<string, string[]> {
  const before = new Map<string, string[]>();
  for (const list of lists) {
    for (const [at, name] of list.entries()) {
      const known = before.get(name) ?? [];
      before.set(name, known);
      const previous = list[at - 1];
      if (previous !== undefined) known.unshift(previous);
    }
  }
  return before;
}
