import type { ConfigPath } from './config-path.js';
import type { SecretRule } from './secrets/index.js';

/**
 * The shape of the configuration, from the settings classes, as plain data. Sources read it to find the legal keys
 * (environment variables are found by walking it), layers are normalised to canonical keys by it, and merges follow it.
 */
export type SchemaNode = SectionNode | ListNode | MapNode | LeafNode;

/** An object with known keys: a section, a nested section, or the root above all sections. */
export interface SectionNode {
  readonly kind: 'section';
  /** By canonical key, the field's own name. */
  readonly keys: ReadonlyMap<string, SchemaKey>;
  /** By {@link foldKey} of every legal spelling, aliases included: the canonical key. */
  readonly spellings: ReadonlyMap<string, string>;
  /**
   * True where undeclared keys belong to other code: the root of a load of some of the sections. `slips` where they do too,
   * but a likely misspelling of a declared key is reported: the settings of other code are unknown.
   */
  readonly open: boolean | 'slips';
  /**
   * True when all names here and below are of letters, digits, `-` and `_`, and no exact environment name is declared:
   * then no two fields of one class can claim one environment name. Absent where it was not checked.
   */
  readonly plainNames?: boolean;
}

/** A list; its items all have one shape. */
export interface ListNode {
  readonly kind: 'list';
  readonly item: SchemaNode;
}

/** An object whose keys are data; its values all have one shape. */
export interface MapNode {
  readonly kind: 'map';
  readonly item: SchemaNode;
}

/** A single value, or a structure the classes leave open. */
export interface LeafNode {
  readonly kind: 'leaf';
  /** The type's name in errors and documentation: `integer`, `string`, `duration`. */
  readonly type: string;
  /** The rule of a secret; absent for everything else. */
  readonly secret?: SecretRule;
}

/** One key of a {@link SectionNode}. */
export interface SchemaKey {
  readonly name: string;
  readonly node: SchemaNode;
  /** Other legal keys, as declared with `@Alias`. */
  readonly aliases: readonly string[];
  /** Exact environment variable names, as declared with `@EnvName`, that are read besides the one its path spells. */
  readonly envNames: readonly string[];
  /** True when the value must not be shown. */
  readonly secret: boolean;
  /** How lists from several layers combine; `replace` when absent. */
  readonly merge?: MergeStrategy;
  /** Who sets the value in a program with tenants; when absent that of the key above, and at last `tenant`. */
  readonly tenant?: TenantAccess;
}

/**
 * Who may set a value: `tenant`, every tenant for itself; `with-secrets`, every tenant that sets the secrets beside it too;
 * `visible`, tenants may refer to it; `system`, not even that.
 */
export type TenantAccess = 'system' | 'visible' | 'with-secrets' | 'tenant';

export function isForTenants(access: TenantAccess): boolean {
  return access === 'tenant' || access === 'with-secrets';
}

/** How a list combines with the one that lower layers hold. */
export type MergeStrategy = 'replace' | 'append' | 'unique' | MergeBy;

/** Items with the same value of `key` merge; others are appended. */
export interface MergeBy {
  readonly by: string;
}

/** A secret that a class declares, and where. */
export interface DeclaredSecret {
  readonly path: ConfigPath;
  readonly rule: SecretRule;
}

export function childNode(node: SchemaNode | undefined, key: string): SchemaNode | undefined {
  if (node === undefined || node.kind === 'leaf') return undefined;
  return node.kind === 'section' ? node.keys.get(key)?.node : node.item;
}

/** The secret that a canonical path leads to or into; `undefined` where none is declared. */
export function secretAt(schema: SchemaNode, path: ConfigPath): DeclaredSecret | undefined {
  let node: SchemaNode | undefined = schema;
  let depth = 0;
  // What is below a leaf belongs to it.
  while (depth < path.length && node !== undefined && node.kind !== 'leaf') {
    node = node.kind === 'section' ? node.keys.get(path[depth] ?? '')?.node : node.item;
    depth++;
  }
  const rule = node?.kind === 'leaf' ? node.secret : undefined;
  return rule && { path: path.slice(0, depth), rule };
}

/** The same for a path that ends at the secret itself: a value inside a secret is no secret of its own. */
export function wholeSecretAt(schema: SchemaNode, path: ConfigPath): SecretRule | undefined {
  const declared = secretAt(schema, path);
  return declared?.path.length === path.length ? declared.rule : undefined;
}

/** A path without the indexes of lists: what a value is encrypted for, because items move. */
export function scopePath(schema: SchemaNode, path: ConfigPath): ConfigPath {
  let node: SchemaNode | undefined = schema;
  return path.filter((key) => {
    const isIndex: boolean = node?.kind === 'list';
    node =
      node === undefined || node.kind === 'leaf'
        ? undefined
        : node.kind === 'section'
          ? node.keys.get(key)?.node
          : node.item;
    return !isIndex;
  });
}

export function tenantAccessAt(schema: SchemaNode, path: ConfigPath): TenantAccess {
  let access: TenantAccess = 'tenant';
  let node: SchemaNode | undefined = schema;
  for (const key of path) {
    if (node === undefined || node.kind === 'leaf') break;
    const known: SchemaKey | undefined = node.kind === 'section' ? node.keys.get(key) : undefined;
    access = known?.tenant ?? access;
    node = node.kind === 'section' ? known?.node : node.item;
  }
  return access;
}
