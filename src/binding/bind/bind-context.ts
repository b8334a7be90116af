import type { ConfigIssue, ConfigMap, ConfigPath, SecretGate, Selectors } from '../../core/index.js';
import type { ValidationGroups } from '../fields/index.js';
import type { SectionPlan } from '../plan/index.js';

/** An issue as binding finds it; its origin is added later, by code that has the layers. */
export interface Finding extends ConfigIssue {
  /** The legal key that a misspelt one was most likely meant to be. */
  readonly nearest?: ConfigPath;
  /** The fields that it was declared to be about; their origins are reported. */
  readonly fields?: readonly ConfigPath[];
  /** Class and field, of a value that was refused: the place of one that is the class's own. */
  readonly declared?: string;
}

/** What all sections of one generation share while they are bound. */
export interface BindContext {
  readonly selectors: Selectors;
  /** True where a value must not be quoted. */
  readonly isSecret: (path: ConfigPath) => boolean;
  /** Has the gate that is checked before code outside the library opens a secret; most settings have none, and ask for none. */
  readonly guarded: { readonly gate: SecretGate };
  readonly findings: Finding[];
  /** Instances that some decorator of class-validator refused; it will be asked for the words. */
  readonly refused: RefusedInstance[];
  /** Asynchronous validators under way; each adds to {@link refused} by itself. */
  readonly pending: Promise<void>[];
  /** Binds a nested section; here so that values and sections, which hold each other, need not import each other. */
  readonly bindSection: SectionBinder;
  /** The instances made so far whose class has rules, inner ones first: these are checked when all are made. */
  readonly ruled: BoundInstance[];
  /** Classes of nested sections that are not there, while what they need is found. */
  readonly absent: Set<SectionPlan['target']>;
}

/** Makes an instance of a plan's class, or fills the given one. */
export type SectionBinder = (
  plan: SectionPlan,
  raw: ConfigMap,
  place: Place,
  context: BindContext,
  instance?: object,
  before?: BoundBefore,
) => object;

/** An instance and the raw values that it was made from, which have not been written to since. */
export interface BoundBefore {
  readonly raw: ConfigMap;
  readonly instance: object;
  /** The only keys that may have other raw values now, with these, where that is known; `undefined` for none. */
  readonly apart?: ConfigMap | undefined;
}

/** An instance that class-validator must word the failure of. */
export interface RefusedInstance {
  readonly plan: SectionPlan;
  readonly instance: object;
  readonly place: Place;
  /** Fields that already have an issue, which get no further ones. */
  readonly reported: ReadonlySet<string>;
  /** The fields that were refused. */
  readonly fields: Set<string>;
}

/** An instance with its plan and place. */
export interface BoundInstance {
  readonly plan: SectionPlan;
  readonly instance: object;
  readonly place: Place;
}

/** Where binding is, from the inside out; made into a path only when something is wrong. */
export interface Place {
  readonly parent: Place | undefined;
  readonly key: string;
}

/** Where a value is bound, and what with. */
export interface Site {
  readonly place: Place;
  readonly context: BindContext;
  readonly selection: ValidationGroups;
}

/** The site of a value inside another one. */
export function below(site: Site, key: string): Site {
  return { ...site, place: { parent: site.place, key } };
}

/** Where a section at the root of the configuration is. */
const ROOT_PLACE: Place = Object.freeze({ parent: undefined, key: '' });

/** The path of a place, and of a key below it. */
export function pathOf(place: Place | undefined, ...below: readonly string[]): ConfigPath {
  const path = [...below];
  for (let at = place; at !== undefined && at !== ROOT_PLACE; at = at.parent) path.unshift(at.key);
  return path;
}

/** The place of a path. */
export function placeOf(path: ConfigPath): Place {
  return path.reduce<Place>((parent, key) => ({ parent, key }), ROOT_PLACE);
}
