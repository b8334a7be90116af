import type { ConfigOrigin } from '../core/index.js';
import { UNSET } from '../core/index.js';
import { describeType } from '../binding/index.js';
import type { GenerationFacts } from './generation-facts.js';
import { settingIndex } from './setting-index.js';
import { shownValue } from './shown-value.js';
import { traceSetting } from './trace-setting.js';

/** One setting, for a table or a page. */
export interface Description {
  /** Canonical dotted path. */
  readonly path: string;
  /** The value in use, safe to show: secrets are masked. */
  readonly value: unknown;
  /** The type as errors name it: `integer`, `duration`, `list of text`. */
  readonly type: string;
  /** Where the value came from; absent when nothing sets it. */
  readonly origin?: ConfigOrigin;
  /** From `@Describe`. */
  readonly description?: string;
  readonly examples: readonly unknown[];
}

/** All settings of all sections, in the order of their declaration. */
export function describeSettings(facts: GenerationFacts): readonly Description[] {
  return Array.from(settingIndex(facts), ([id, { path, field, type, value }]) => {
    const winner = traceSetting(facts.trace, path).find((said) => said.value !== UNSET);
    const { description, examples = [] } = field.declaration;
    return Object.freeze({
      path: id,
      value: shownValue(facts, path, value),
      type: describeType(type),
      ...(winner !== undefined && { origin: winner.origin }),
      ...(description !== undefined && { description }),
      examples,
    });
  });
}
