export interface RuleProblem {
  /** Where in the rule: operators, and indexes of arguments. */
  readonly path: readonly (string | number)[];
  readonly message: string;
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
  readonly refuse: (path: RuleProblem['path'], message: string, hint?: string) => void;
  /** Checks a part of the rule that is an expression. */
  readonly value: (part: unknown, path: RuleProblem['path'], depth: number) => void;
}
