// generation: one complete set of sections, why each value is what it is, and the store that holds the current one.
export { type CommitListener, ConfigStore, type Pair } from './config-store.js';
export type { Description } from './describe-settings.js';
export {
  diffGenerations,
  differing,
  sectionChanges,
  sectionDiffers,
  seeTheSame,
  visibleDiff,
} from './diff-generations.js';
export type { ExplainedValue, Explanation } from './explain-setting.js';
export { type GenerationFacts, NO_VIEWS, type Pin, type RestartWish, type Seen, viewIn } from './generation-facts.js';
export {
  Generation,
  answersOf,
  committedLayers,
  describeFully,
  explainFully,
  writtenSecret,
  factsOf,
  replacedIn,
  secretsIn,
  sightIn,
  withoutLayers,
} from './generation.js';
export { LightFacts } from './light-facts.js';
export { heldIn, instanceDiffers, isSingle } from './instance-differs.js';
export { hiddenTexts, type ListedSecret } from './list-secrets.js';
export type { LeafChange, SectionChange } from './leaf-change.js';
export { type SectionListener, type SectionMonitor, createSectionMonitor } from './section-monitor.js';
export { sectionSettings } from './setting-index.js';
export { isHidden, isTainted, shownText, shownValue } from './shown-value.js';
export type { Sight } from './sight.js';
export { sourcesOf } from './sources-of.js';
export { waysToSet } from './ways-to-set.js';
