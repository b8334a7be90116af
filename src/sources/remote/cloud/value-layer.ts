import {
  type ConfigLayer,
  type ConfigPath,
  createLayer,
  formatPath,
  isConfigMap,
  MAX_DEPTH,
  originAtPath,
  SecureValue,
  type SectionNode,
} from '../../../core/index.js';
import { growTree, type NamedValue, unusableNames } from '../../index.js';

/** A value as a store holds it: a string, or a whole document as a map. */
export interface StoredValue {
  /** The keys of the setting; of a document those of the map that it is, none for the root. */
  readonly path: ConfigPath;
  readonly value: unknown;
  /** Its name in the store's own spelling; absent where the name of the source says it. */
  readonly key?: string;
  readonly version?: string | undefined;
  /** Whether it is one that only a field with `@Secure` takes. */
  readonly isSecret: boolean;
}

export interface ValueLayerFacts {
  readonly name: string;
  readonly schema: SectionNode;
  readonly at: ConfigPath;
  readonly references: boolean;
  /** Whether the value at a path is plain though it is kept as a secret. */
  readonly isPlain: (path: ConfigPath) => boolean;
}

/**
 * The layer of what a store holds, each value with its key and version.
 *
 * @throws ConfigError `conflicting-keys` or `missing-item` with all findings.
 */
export function valueLayer(values: readonly StoredValue[], facts: ValueLayerFacts): ConfigLayer {
  const { name, schema, at, references } = facts;
  const named = values.flatMap((value) => leavesOf(value, facts));
  const { tree, issues, nearest, first } = growTree(named, schema);
  if (issues.length > 0) throw unusableNames(`in ${name}`, issues);
  const unknown = (path: ConfigPath): NamedValue['origin'] => originAtPath('remote', name, path.slice(at.length));
  return createLayer({
    name,
    kind: 'remote',
    tree,
    references,
    locate: (path) => nearest(path)?.origin ?? unknown(path),
    locateKey: (path) => (first(path) ?? nearest(path))?.origin ?? unknown(path),
  });
}

function leavesOf({ path, value, key = '', version, isSecret }: StoredValue, facts: ValueLayerFacts): NamedValue[] {
  const { name, at, isPlain } = facts;
  const leaves: NamedValue[] = [];
  const add = (inner: ConfigPath, found: unknown): void => {
    if (isConfigMap(found) && Object.keys(found).length > 0 && inner.length < MAX_DEPTH) {
      for (const [next, below] of Object.entries(found)) add([...inner, next], below);
      return;
    }
    const whole = [...at, ...path, ...inner];
    if (whole.length === 0) return;
    const shown = [key, formatPath(inner)].filter((part) => part !== '').join(' ');
    leaves.push({
      path: whole,
      value: isSecret && !isPlain(whole) ? hidden(found) : found,
      origin: { kind: 'remote', source: name, key: shown, ...(version !== undefined && { version }) },
      rank: 0,
    });
  };
  add([], value);
  return leaves;
}

function hidden(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(hidden);
  if (isConfigMap(value)) return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, hidden(item)]));
  return value === null || value === undefined ? value : SecureValue.of(value);
}
