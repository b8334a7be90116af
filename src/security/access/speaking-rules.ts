import { foldedKeys, type AccessRight } from '../../core/index.js';
import type { CompiledRule } from './access-rule.js';

export interface SpeakingRules {
  readonly denying: readonly CompiledRule[];
  readonly allowing: readonly CompiledRule[];
}

// Far more secrets than programs have; of more than that nothing is kept, rather than everything.
const MOST_KEPT = 10_000;
// `parsePath` reads no longer ones, so patterns that deny them would not know them.
const LONGEST_PATH = 10_000;

/** Finds the rules that speak of a path, once for each: a secret is opened more often than its path is new. */
export class RuleIndex {
  readonly #rules: readonly CompiledRule[];
  readonly #kept = new Map<AccessRight, Map<string, SpeakingRules>>();

  public constructor(rules: readonly CompiledRule[]) {
    this.#rules = rules;
  }

  /** `undefined` for a path that is too long to be read. */
  public about(path: string, right: AccessRight): SpeakingRules | undefined {
    let kept = this.#kept.get(right);
    if (kept === undefined) this.#kept.set(right, (kept = new Map<string, SpeakingRules>()));
    let found = kept.get(path);
    if (found === undefined) {
      if (path.length > LONGEST_PATH) return undefined;
      if (kept.size >= MOST_KEPT) kept.clear();
      kept.set(path, (found = this.#find(path, right)));
    }
    return found;
  }

  #find(path: string, right: AccessRight): SpeakingRules {
    const keys = foldedKeys(path);
    return byEffect(this.#rules.filter(({ rights, covers }) => rights.has(right) && covers(keys)));
  }

  public ofRight(right: AccessRight): SpeakingRules {
    return byEffect(this.#rules.filter(({ rights }) => rights.has(right)));
  }
}

function byEffect(rules: readonly CompiledRule[]): SpeakingRules {
  return {
    denying: rules.filter(({ rule }) => rule.effect === 'deny'),
    allowing: rules.filter(({ rule }) => rule.effect === 'allow'),
  };
}
