import type { ConfigOrigin, Selectors } from '../../core/index.js';
import type { Pin } from './pin.js';
import type { FileAnswer, Reading, Rows, Segment } from '../rows/index.js';
import type { LoadPlan } from '../plan/index.js';
import type { RestartWish } from './restart-wish.js';

/** What a generation is made from; kept so that every value can be explained, and so that the next one need not begin anew. */
export interface GenerationFacts {
  readonly number: number;
  /** When it was made, in milliseconds since 1970. */
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
  /** The groups that references read, by the text of their paths. */
  readonly groups: ReadonlyMap<string, unknown>;
  /** What was found in the files that references name, by `fileKey`. */
  readonly files: ReadonlyMap<string, FileAnswer>;
  /** The fields that keep their value until a restart. */
  readonly pins: readonly Pin[];
  /** Of a generation over another one: what lies between its readings. */
  readonly overlays?: readonly Reading[];
  /** The instances in the order of the plan's sections. */
  readonly instances: readonly object[];
  /** Settings with `@RestartRequired` that the sources want to have another value. */
  readonly wishes: readonly RestartWish[];
  /** Which sections have another instance than in the generation that it was made from, by their indexes. */
  readonly replaced?: { readonly since: number; readonly sections: readonly number[] } | undefined;
  /** Where changed values stood, by the text of their paths, once the layers are not kept any more. */
  readonly places?: ReadonlyMap<string, ConfigOrigin> | undefined;
  /** What modules and components see that override something, by scope: `billing`, `billing/invoices`. */
  readonly views: ReadonlyMap<string, GenerationFacts>;
  /** To be called once it is in use; see `SecretOpener`. */
  readonly renewals: readonly (() => void)[];
}
