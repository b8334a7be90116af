/** Something in a rule that cannot be meant. */
export interface RuleProblem {
  /** Where in the rule: operators, and indexes of arguments. */
  readonly path: readonly (string | number)[];
  /** What is wrong, in a few words. */
  readonly message: string;
  /** What to write instead. */
  readonly hint?: string;
}

/** What a rule may name besides the context. */
export interface RuleTerms {
  /** The names that `{"$ref": name}` may have in place of an expression; there is no such operator when absent. */
  readonly refs?: ReadonlySet<string>;
}

/** What a check of one rule has in hand. */
export interface RuleCheck {
  readonly terms: RuleTerms;
  /** Notes a problem. */
  readonly refuse: (path: RuleProblem['path'], message: string, hint?: string) => void;
  /** Checks a part of the rule that is an expression. */
  readonly value: (part: unknown, path: RuleProblem['path'], depth: number) => void;
}
