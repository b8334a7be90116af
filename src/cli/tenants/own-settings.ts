import { canonicalPath } from '../../binding/index.js';
import {
  formatPath,
  isConfigMap,
  isWithin,
  type ConfigLayer,
  type ConfigPath,
  type SectionNode,
} from '../../core/index.js';

/** The canonical paths of the values that layers set, each once; a list is one value, and so is an empty map. */
export function settingsIn(layers: readonly ConfigLayer[], schema: SectionNode): readonly ConfigPath[] {
  const found = new Map<string, ConfigPath>();
  const visit = (value: unknown, path: ConfigPath): void => {
    if (isConfigMap(value) && Object.keys(value).length > 0) {
      for (const [key, below] of Object.entries(value)) visit(below, [...path, key]);
    } else if (path.length > 0) {
      const canonical = canonicalPath(schema, path);
      found.set(formatPath(canonical), canonical);
    }
  };
  for (const { tree } of layers) visit(tree, []);
  return [...found.values()];
}

/** True for paths of which one lies in the other. */
export function touches(one: ConfigPath, other: ConfigPath): boolean {
  return isWithin(one, other) || isWithin(other, one);
}
