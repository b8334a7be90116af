import { formatPath, isConfigMap, traceMerge, type ConfigPath } from '../../core/index.js';
import type { Part } from './part.js';
import { NO_PATHS, type Row } from './row.js';

const known = new WeakMap<readonly Part[], ReadonlySet<string>>();

/** The paths of the values in use that are read from a folder of mounted secrets: secrets, whatever their fields say. */
export function mountedValues({ parts, segment }: Pick<Row, 'parts' | 'segment'>): ReadonlySet<string> {
  if (!parts.some(({ seat }) => seat.isMounted)) return NO_PATHS;
  let found = known.get(parts);
  if (found === undefined) {
    const trees = parts.map((part) => ({ by: part, value: part.tree }));
    const isUsed = (path: ConfigPath): boolean =>
      traceMerge(trees, path.slice(segment.path.length), segment.schema).some(
        ({ by, takesPart }) => takesPart && by.seat.isMounted,
      );
    const mounted = parts.filter(({ seat }) => seat.isMounted);
    const paths = mounted.flatMap(({ tree, path }) => leavesOf(tree, path)).filter(isUsed);
    known.set(parts, (found = new Set(paths.map(formatPath))));
  }
  return found;
}

/** Single values, lists and what speaks for a whole group. */
function leavesOf(tree: unknown, path: ConfigPath): readonly ConfigPath[] {
  if (!isConfigMap(tree)) return [path];
  return Object.entries(tree).flatMap(([key, value]) => leavesOf(value, [...path, key]));
}
