import type { ConfigIssue, ConfigMap, ConfigPath, ReferenceScope } from '../../../src/core/index.js';
import { ConfigError, Interpolator, parsePath, valueAt } from '../../../src/core/index.js';
import { deepFrozen } from '../deep-frozen.js';

/** A scope that looks names up in the tree itself, knows no variables or files, and hides keys called `secret`. */
function scopeOf(tree: ConfigMap, overrides: Partial<ReferenceScope> = {}): ReferenceScope {
  return {
    lookup: (name) => {
      try {
        const path = parsePath(name);
        const [above] = path.slice(0, -1).flatMap((_, depth) => textAt(tree, path.slice(0, depth + 1)));
        return { path, value: valueAt(tree, path), ...(above && { above }) };
      } catch (error) {
        if (!ConfigError.is(error)) throw error;
        return { code: 'malformed-reference', message: `refers to no path: ${error.code}` };
      }
    },
    nearest: () => undefined,
    isText: () => false,
    isGroup: () => true,
    environment: () => undefined,
    file: (name) => ({ code: 'source-not-found', message: `refers to the file ${name}, which does not exist` }),
    isNamedFile: () => false,
    isTemplate: () => true,
    secretAt: () => undefined,
    isSecret: (path) => path.some((key) => key.toLowerCase() === 'secret'),
    ...overrides,
  };
}

function textAt(tree: ConfigMap, path: ConfigPath): readonly { readonly path: ConfigPath; readonly value: string }[] {
  const value = valueAt(tree, path);
  return typeof value === 'string' ? [{ path, value }] : [];
}

/** What the references of a tree came to. */
export interface Resolved {
  readonly tree: ConfigMap;
  readonly issues: readonly ConfigIssue[];
  readonly references: ReadonlyMap<string, readonly string[]>;
  readonly tainted: ReadonlySet<string>;
}

/** Resolves the references of a frozen tree, so that a write to it fails the test. */
export function resolved(tree: ConfigMap, overrides: Partial<ReferenceScope> = {}): Resolved {
  const interpolator = new Interpolator(scopeOf(tree, overrides));
  const { value, formulas } = interpolator.resolve(deepFrozen(tree), []);
  const followed = [...formulas].filter(([, { spelled }]) => spelled.size > 0);
  return {
    // A map stays one, whatever stands in it.
    tree: value as ConfigMap,
    issues: interpolator.issues,
    references: new Map(followed.map(([id, { spelled }]) => [id, [...spelled]] as const)),
    tainted: new Set([...formulas.values()].flatMap(({ tainted }) => [...tainted])),
  };
}
