import { type ConfigOrigin, type ConfigPath, UNSET, WITHHELD } from '../../core/index.js';
import { describeType } from '../../binding/index.js';
import type { GenerationFacts } from './generation-facts.js';
import { settingIndex } from './setting-index.js';
import { shownValue } from './shown-value.js';
import type { Sight } from './sight.js';
import { segmentAt, traceSetting, type Contribution, type Segment } from '../rows/index.js';

/** One setting, for a table or a page. */
export interface Description {
  /** Canonical dotted path. */
  readonly path: string;
  /** The value in use, safe to show: secrets are masked, and `[withheld]` when the caller may not see that either. */
  readonly value: unknown;
  /** The type as errors name it: `integer`, `duration`, `list of string`. */
  readonly type: string;
  /** Where the value came from; absent when nothing sets it, it is withheld, or another one waits for a restart. */
  readonly origin?: ConfigOrigin;
  /**
   * For a setting with `@RestartRequired` that has another value in the sources: that value, safe to show, and its origin;
   * no origin when no source sets it.
   */
  readonly afterRestart?: { readonly value: unknown; readonly origin?: ConfigOrigin };
  /** The domain of its section, where that has one. */
  readonly domain?: string;
  /** From `@Describe`. */
  readonly description?: string;
  readonly examples: readonly unknown[];
}

/** What the value in use comes from. */
function inUse(facts: GenerationFacts, path: ConfigPath): Contribution | undefined {
  return traceSetting(facts, path).find(({ takesPart, value }) => takesPart && value !== UNSET);
}

function domainOf({ plan }: GenerationFacts, path: ConfigPath): string | undefined {
  let segment: Segment | undefined = segmentAt(plan.root, path);
  while (segment !== undefined && segment.section === undefined) segment = segment.parent;
  return plan.entries[segment?.section ?? -1]?.domain;
}

export function describeSettings(facts: GenerationFacts, sight: Sight): readonly Description[] {
  const settings = Array.from(settingIndex(facts)).filter(([, { path }]) => sight.lists(path));
  return settings.map(([id, { path, field, type, value }]) => {
    const isShown = sight.shows(path);
    const winner = isShown ? inUse(facts, path) : undefined;
    const wish = isShown ? facts.wishes.find(({ change }) => change.path === id) : undefined;
    const origin = winner === undefined ? {} : { origin: winner.origin };
    const { description, examples = [] } = field.declaration;
    const domain = domainOf(facts, path);
    return Object.freeze({
      path: id,
      value: isShown ? shownValue(facts, path, value) : WITHHELD,
      type: describeType(type),
      // The sources no longer contain the value in use, so its origin is unknown.
      ...(wish === undefined ? origin : { afterRestart: Object.freeze({ value: wish.change.after, ...origin }) }),
      ...(domain !== undefined && { domain }),
      ...(description !== undefined && { description }),
      examples,
    });
  });
}
