import type { ConfigIssue } from './config-issue.js';
import type { ConfigOrigin, OriginKind } from './config-origin.js';
import { originAtPath } from './config-origin.js';
import type { ConfigPath } from './config-path.js';
import type { ConfigMap } from './config-value.js';
import { option, type OptionKinds, readOptions } from './options/index.js';
import type { ChosenBy } from './selectors.js';

/** One source's answer: a tree of raw values, and the origin of each of them. */
export interface ConfigLayer {
  /** Names the layer in logs and explanations: `config/app.yaml`, `environment`. */
  readonly name: string;
  readonly kind: OriginKind;
  /** Raw values, keys as the source spells them. */
  readonly tree: ConfigMap;
  /** Whether `${…}` in this layer's strings are references. */
  readonly references: boolean;
  /** The folder that relative `${file:…}` references start from; the working directory when absent. */
  readonly folder?: string;
  /** The selectors that chose it among others; absent where it always applies. */
  readonly chosenBy?: ChosenBy;
  /** Keys that the source itself knows to be undeclared, besides those that {@link tree} may hold; code `unknown-key`. */
  readonly unknownKeys?: readonly ConfigIssue[];
  /** The origin of the value at a path of {@link tree}. Called only for errors and explanations. */
  locate(path: ConfigPath): ConfigOrigin;
  /** Where the last key of a path of {@link tree} is written, when that is another place than the value's. */
  locateKey?(path: ConfigPath): ConfigOrigin;
  /** How this source would write a canonical path: `APP_DATABASE__PORT`. The dotted path when absent. */
  spell?(path: ConfigPath): string;
}

/** What {@link createLayer} takes. */
export interface LayerOptions {
  readonly name: string;
  readonly kind?: OriginKind;
  readonly tree: ConfigMap;
  readonly references?: boolean;
  readonly folder?: string;
  readonly chosenBy?: ChosenBy;
  readonly unknownKeys?: readonly ConfigIssue[];
  readonly locate?: (path: ConfigPath) => ConfigOrigin;
  readonly locateKey?: (path: ConfigPath) => ConfigOrigin;
  readonly spell?: (path: ConfigPath) => string;
}

const OPTIONS = {
  name: option.required(option.text),
  kind: option.text,
  tree: option.required(option.object),
  references: option.flag,
  folder: option.text,
  chosenBy: option.map,
  unknownKeys: option.list,
  locate: option.callback,
  locateKey: option.callback,
  spell: option.callback,
} satisfies OptionKinds<LayerOptions>;

const LAYER = Symbol.for('uno-config.layer');

/**
 * Makes a layer; what a source returns when it knows more than its values. Subpath: `uno-config/sources`.
 *
 * @throws TypeError naming an option that cannot be used.
 *
 * @example
 * ```ts
 * const source: ConfigSource = {
 *   name: 'consul',
 *   load: () => createLayer({ name: 'consul', kind: 'remote', tree: { database: { port: 5432 } } }),
 * };
 * ```
 */
export function createLayer(options: LayerOptions): ConfigLayer {
  readOptions('createLayer', options, OPTIONS);
  const { name, kind = 'custom', tree, references = true, folder, chosenBy, unknownKeys, locateKey, spell } = options;
  const { locate = locateByPath } = options;
  return Object.freeze({
    [LAYER]: true,
    name,
    kind,
    tree,
    references,
    locate,
    ...(folder !== undefined && { folder }),
    ...(chosenBy !== undefined && { chosenBy: Object.freeze({ ...chosenBy }) }),
    ...(unknownKeys !== undefined && { unknownKeys }),
    ...(locateKey !== undefined && { locateKey }),
    ...(spell !== undefined && { spell }),
  });
}

/** One for all layers: there may be one for each of many tenants. */
function locateByPath(this: Pick<ConfigLayer, 'name' | 'kind'>, path: ConfigPath): ConfigOrigin {
  return originAtPath(this.kind, this.name, path);
}

/** True for what {@link createLayer} made, in whichever copy of the package. */
export function isConfigLayer(value: unknown): value is ConfigLayer {
  return typeof value === 'object' && value !== null && LAYER in value;
}
