import type { ConfigOrigin, ConfigPath, Selectors } from '../../core/index.js';
import type { FileAnswer, Reading, Rows, Segment } from '../rows/index.js';
import type { LoadPlan } from '../plan/index.js';
import type { LeafChange } from './leaf-change.js';

/** What a generation is made from; kept so that every value can be explained, and so that the next one need not begin anew. */
export interface GenerationFacts {
  readonly number: number;
  readonly time: number;
  readonly selectors: Selectors;
  readonly plan: LoadPlan;
  /** What was read: first the defaults that hold references, then what each source gave. */
  readonly readings: readonly Reading[];
  /** One row for each segment of the plan. */
  readonly rows: Rows;
  /** The same as the sources want it; another row where a field keeps its value until a restart, or is read from one. */
  readonly wanted: Rows;
  /** The segments whose rows have references. */
  readonly referring: readonly Segment[];
  /** The maps that references read, by their paths as strings. */
  readonly groups: ReadonlyMap<string, unknown>;
  /** What was found in the files that references name, by `fileKey`. */
  readonly files: ReadonlyMap<string, FileAnswer>;
  /** The fields that keep their value until a restart. */
  readonly pins: readonly Pin[];
  /** Of a generation over another one: what lies between its readings. */
  readonly overlays?: readonly Reading[];
  /** Of such a one: the keys that opened what is encrypted there; sealed values keep those for as long as they live. */
  readonly keys?: unknown;
  readonly instances: readonly object[];
  readonly wishes: readonly RestartWish[];
  /** Which sections have another instance than in the generation that it was made from, by their indexes. */
  readonly replaced?: { readonly since: number; readonly sections: readonly number[] } | undefined;
  /** The origins of changed values, by their paths as strings, once the layers are no longer kept. */
  readonly places?: ReadonlyMap<string, ConfigOrigin> | undefined;
  /** What modules and components see that override something, by scope: `billing`, `billing/invoices`. */
  readonly views: ReadonlyMap<string, GenerationFacts>;
  /** To be called once it is in use; see `SecretOpener`. */
  readonly renewals: readonly (() => void)[];
}

/** A field that keeps its value until the next start; references see the value that it keeps. */
export interface Pin {
  readonly path: ConfigPath;
  readonly section: number;
  /** The raw value in use; `undefined` for the default of the class. */
  readonly value: unknown;
  /** True for what was built from a secret, however harmless the wish is. */
  readonly isTainted: boolean;
}

/** A setting with `@RestartRequired` that the sources want to have another value. */
export interface RestartWish {
  /** From the value in use to the one that is wanted; secrets are masked. */
  readonly change: LeafChange;
  /** The wanted value itself, to know the same wish again. Never to be shown. */
  readonly wanted: unknown;
}

/** Of a generation in which no module overrides anything. */
export const NO_VIEWS: GenerationFacts['views'] = new Map();

/** What is seen of a generation: by all, and by modules that override something. */
export type Seen = Pick<GenerationFacts, 'instances' | 'views'>;

/** What a scope sees of a generation: its own view, or that of the module around it, or the generation itself. */
export function viewIn<Facts extends Seen>(facts: Facts, scope: string): Facts | GenerationFacts {
  const [module = scope] = scope.split('/', 1);
  return facts.views.get(scope) ?? facts.views.get(module) ?? facts;
}

/** The scopes that see something of their own in one of two generations. */
export function scopesIn(one: Seen, other: Seen): ReadonlySet<string> {
  return new Set([...one.views.keys(), ...other.views.keys()]);
}
