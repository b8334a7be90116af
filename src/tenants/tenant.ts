import { type ConfigLayer, type ConfigMap, ConfigError, createLayer, formatPath, isConfigMap } from '../core/index.js';

/** Whether a tenant is served: `paused` and `retired` ones are refused, and the settings of a retired one are released. */
export type TenantState = 'active' | 'paused' | 'retired';

/**
 * One tenant, as it is now: what is kept of it stays current. Inject it with `@InjectTenant()`; subpath:
 * `uno-config/tenants`.
 */
export interface Tenant {
  /** Never changes; everything is kept by it. */
  readonly id: string;
  /** The public name, such as that in a host name; may be renamed. The id when the document names none. */
  readonly identifier: string;
  readonly state: TenantState;
  /** The plan whose settings lie below the tenant's own. */
  readonly plan: string | undefined;
  /** Further keys of the document about the tenant, frozen. */
  readonly attributes: Readonly<Record<string, unknown>>;
}

/** A document of a tenant: who it is, and what it sets. */
export interface TenantDocument {
  readonly facts: Omit<Tenant, 'id'>;
  readonly layers: readonly ConfigLayer[];
}

/** The key at the root of a document that describes the tenant. */
const TENANT_KEY = '$tenant';
const STATES: readonly TenantState[] = ['active', 'paused', 'retired'];
const LEGAL_NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/;

/** What ids and identifiers may be, in words. */
export const LEGAL_NAMES =
  'An id is 1 to 128 letters, digits, dots, dashes or underscores, of ASCII, and begins with a letter or digit.';

/**
 * True for an id or identifier that may be one. All others are refused before anything is looked up: an id becomes part
 * of file names and of what encrypted values are bound to.
 */
export function isTenantName(name: unknown): name is string {
  return typeof name === 'string' && name.length <= 128 && LEGAL_NAME.test(name);
}

/** Identifiers are public names: as in host names, case does not count. */
export function foldIdentifier(identifier: string): string {
  return identifier.toLowerCase();
}

/** The identifier that the trees of a document name, low to high, and nothing else; `undefined` where they name none. */
export function identifierIn(trees: readonly ConfigMap[]): string | undefined {
  let identifier: string | undefined;
  for (const tree of trees) {
    const said = Object.hasOwn(tree, TENANT_KEY) ? tree[TENANT_KEY] : undefined;
    if (isConfigMap(said) && typeof said['identifier'] === 'string') identifier = said['identifier'];
  }
  return identifier;
}

/** Whether the trees of a document, low to high, leave its tenant active. */
export function isActiveIn(trees: readonly ConfigMap[]): boolean {
  let state: unknown = 'active';
  for (const tree of trees) {
    const said = Object.hasOwn(tree, TENANT_KEY) ? tree[TENANT_KEY] : undefined;
    if (isConfigMap(said) && Object.hasOwn(said, 'state')) state = said['state'];
  }
  return state !== 'paused' && state !== 'retired';
}

/** Separates a document's description of its tenant from its settings. Throws ConfigError `invalid-tenant`. */
export function readDocument(id: string, layers: readonly ConfigLayer[]): TenantDocument {
  const about: Record<string, unknown> = {};
  for (const layer of layers) {
    const said = Object.hasOwn(layer.tree, TENANT_KEY) ? layer.tree[TENANT_KEY] : undefined;
    if (said === undefined) continue;
    if (!isConfigMap(said)) throw invalid(layer, 'must be a map');
    Object.assign(about, checked(layer, said));
  }
  const { identifier = id, state = 'active', plan, attributes = {} } = about;
  return {
    // Each was looked at when it was read.
    facts: Object.freeze({
      identifier: identifier as string,
      state: state as TenantState,
      plan: plan as string | undefined,
      attributes: frozenCopy(attributes) as Tenant['attributes'],
    }),
    layers: layers.map(withoutTenant).filter(({ tree }) => Object.keys(tree).length > 0),
  };
}

const KEYS: Readonly<Record<keyof Omit<Tenant, 'id'>, readonly [(value: unknown) => boolean, string]>> = {
  identifier: [isTenantName, 'must be a name of letters, digits, dots, dashes or underscores'],
  state: [(value) => STATES.some((state) => state === value), `must be one of ${STATES.join(', ')}`],
  plan: [(value) => typeof value === 'string' && value !== '', 'must be the name of a plan'],
  attributes: [isConfigMap, 'must be a map'],
};

function checked(layer: ConfigLayer, said: ConfigMap): ConfigMap {
  for (const [key, value] of Object.entries(said)) {
    if (!Object.hasOwn(KEYS, key)) throw invalid(layer, `has no "${key}"; it has ${Object.keys(KEYS).join(', ')}`, key);
    // One of the keys, as just seen.
    const [accepts, words] = KEYS[key as keyof typeof KEYS];
    if (!accepts(value)) throw invalid(layer, words, key);
  }
  return said;
}

function invalid(layer: ConfigLayer, message: string, key?: string): ConfigError {
  const path = key === undefined ? [TENANT_KEY] : [TENANT_KEY, key];
  return new ConfigError({
    code: 'invalid-tenant',
    message: 'A document describes its tenant with invalid values.',
    issues: [{ code: 'invalid-tenant', path, message, origin: layer.locate(path) }],
    recovery: `Write ${TENANT_KEY}: { identifier, state, plan, attributes }, or leave it out.`,
  });
}

function withoutTenant(layer: ConfigLayer): ConfigLayer {
  if (!Object.hasOwn(layer.tree, TENANT_KEY)) return layer;
  const { name, kind, references, folder } = layer;
  return createLayer({
    name,
    kind,
    references,
    tree: Object.fromEntries(Object.entries(layer.tree).filter(([key]) => key !== TENANT_KEY)),
    locate: (path) => layer.locate(path),
    locateKey: (path) => layer.locateKey?.(path) ?? layer.locate(path),
    ...(folder !== undefined && { folder }),
    ...(layer.spell !== undefined && { spell: (path) => layer.spell?.(path) ?? formatPath(path) }),
  });
}

function frozenCopy(value: unknown): unknown {
  if (Array.isArray(value)) return Object.freeze(value.map(frozenCopy));
  if (!isConfigMap(value)) return value;
  return Object.freeze(Object.fromEntries(Object.entries(value).map(([key, below]) => [key, frozenCopy(below)])));
}
