import type { RootReferences, Selectors } from '../core/index.js';
import type { LayerStack } from './layer-stack.js';
import type { LoadPlan } from './load-plan.js';
import type { MergedTree } from './merged-tree.js';
import type { Resolution } from './resolution.js';
import type { RestartWish } from './restart-wish.js';
import type { SharedMap } from './shared-map.js';
import type { SourceReading } from './source-reading.js';
import type { Traceable } from './trace-setting.js';

/** What a generation is made from; kept so that every value can be explained. */
export interface GenerationFacts {
  readonly number: number;
  /** When it was made, in milliseconds since 1970. */
  readonly time: number;
  readonly selectors: Selectors;
  readonly plan: LoadPlan;
  readonly trace: Traceable;
  /** What each source gave, in the order of the sources. */
  readonly readings: readonly SourceReading[];
  /** Their layers. */
  readonly stack: LayerStack;
  /** All layers in one tree: as they are, with what is encrypted opened, and with references resolved. */
  readonly merged: MergedTree;
  readonly opened: MergedTree;
  readonly resolved: MergedTree;
  /** What the references came to before anything was held back for a restart. */
  readonly resolution: Resolution;
  /** The instances in the order of the plan's sections. */
  readonly instances: readonly object[];
  /** By key of the root: the references there. */
  readonly references: SharedMap<RootReferences>;
  /** Settings with `@RestartRequired` that the sources want to have another value. */
  readonly wishes: readonly RestartWish[];
}
