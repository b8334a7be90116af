import { sameSettings, WITHHELD } from '../core/index.js';
import type { Leaf, Leaves } from './setting-leaves.js';

/** One setting that differs; what a side does not set is `null` there. */
export interface Difference {
  readonly path: string;
  readonly kind: 'added' | 'changed' | 'removed';
  readonly before: unknown;
  readonly after: unknown;
  readonly beforeFrom: string | null;
  readonly afterFrom: string | null;
}

export interface Comparison {
  readonly differences: readonly Difference[];
  /** Paths of values that are masked or withheld, so that nobody knows whether they differ. */
  readonly notCompared: readonly string[];
}

/** What the second side has otherwise than the first one, in the order of the first. */
export function compareSettings(before: Leaves, after: Leaves): Comparison {
  const differences: Difference[] = [];
  const notCompared: string[] = [];
  for (const path of new Set([...before.keys(), ...after.keys()])) {
    const [old, now] = [before.get(path), after.get(path)];
    if (old === undefined || now === undefined) differences.push(difference(path, old, now));
    else if (old.value === WITHHELD || now.value === WITHHELD) notCompared.push(path);
    else if (!sameSettings(old.value, now.value)) differences.push(difference(path, old, now));
    else if (old.isMasked && (old.raw === undefined || now.raw === undefined)) notCompared.push(path);
    else if (old.isMasked && !sameSettings(old.raw, now.raw)) differences.push(difference(path, old, now));
  }
  return { differences, notCompared };
}

function difference(path: string, old: Leaf | undefined, now: Leaf | undefined): Difference {
  return {
    path,
    kind: old === undefined ? 'added' : now === undefined ? 'removed' : 'changed',
    before: old?.value ?? null,
    after: now?.value ?? null,
    beforeFrom: old?.from ?? null,
    afterFrom: now?.from ?? null,
  };
}
