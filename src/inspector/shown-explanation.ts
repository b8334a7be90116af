import { formatOrigin } from '../core/index.js';
import { type ExplainedValue, explainFully, type Explanation, type Generation, shownText } from '../runtime/index.js';

/** Why a setting is what it is, as text that is safe to show. */
export interface ShownExplanation {
  readonly path: string;
  readonly value: string;
  readonly description?: string;
  readonly winner?: ShownValue;
  readonly joined: readonly ShownValue[];
  readonly losers: readonly ShownValue[];
  readonly references: readonly string[];
  readonly afterRestart?: string;
  readonly settings: readonly ShownExplanation[];
}

export interface ShownValue {
  readonly value: string;
  readonly from: string;
  readonly chosenBy?: string;
}

/** An explanation for a page. */
export function shownExplanation(explanation: Explanation): ShownExplanation {
  const { path, value, description, winner, joined, losers, references, afterRestart, settings } = explanation;
  return {
    path,
    value: shownText(value),
    ...(description !== undefined && { description }),
    ...(winner !== undefined && { winner: shownSource(winner) }),
    joined: joined.map(shownSource),
    losers: losers.map(shownSource),
    references,
    ...(afterRestart !== undefined && { afterRestart: shownText(afterRestart.value) }),
    settings: settings.map(shownExplanation),
  };
}

/** Everything a static report shows of each setting; without regard to the access policy. */
export function explainedFully(generation: Generation, path: string): ShownExplanation {
  return shownExplanation(explainFully(generation, path));
}

function shownSource({ value, origin, unset, chosenBy = {} }: ExplainedValue): ShownValue {
  const selectors = Object.entries(chosenBy).map((selector) => selector.join(' '));
  return {
    value: unset ? '!unset' : shownText(value),
    from: formatOrigin(origin),
    ...(selectors.length > 0 && { chosenBy: selectors.join(', ') }),
  };
}
