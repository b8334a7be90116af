import { describeSettings, type Description } from './describe-settings.js';
import { explainSetting, type Explanation } from './explain-setting.js';
import { factsOf, type Generation } from './generation.js';
import { FULL_SIGHT } from './sight.js';

/** What `generation.describe()` says, whatever the access policy says of whoever asks. */
export function describeFully(generation: Generation): readonly Description[] {
  return describeSettings(factsOf(generation), FULL_SIGHT);
}

/** What `generation.explain(path)` says, whatever the access policy says of whoever asks. */
export function explainFully(generation: Generation, path: string): Explanation {
  return explainSetting(factsOf(generation), path, FULL_SIGHT);
}
