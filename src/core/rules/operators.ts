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

type At = (index: number) => RuleProblem['path'];

export interface RuleOperator {
  readonly least: number;
  readonly most: number;
  /** Looks at its literals. */
  readonly check?: (given: readonly unknown[], at: At, check: RuleCheck) => void;
  /** Whether its arguments are no expressions, but for the inner ones. */
  readonly hasOwnArguments?: boolean;
  /** Its arguments that are expressions, with their indexes. */
  readonly inner?: (given: readonly unknown[]) => readonly (readonly [unknown, number])[];
}

const exactly = (count: number): RuleOperator => ({ least: count, most: count });
const from = (least: number, most = Infinity): RuleOperator => ({ least, most });

/** Keys that every object inherits. */
const INHERITED: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype']);

const SEMVER_OPERATORS = ['=', '!=', '<', '<=', '>', '>=', '^', '~'];
const SEMVER = /^v?\d+(?:\.\d+){0,2}(?:-[\dA-Za-z.-]+)?(?:\+[\dA-Za-z.-]+)?$/;

/** Weights are added as whole numbers of 32 bits. */
const MOST_WEIGHT = 2 ** 31 - 1;

const variable: RuleOperator = {
  ...from(1, 2),
  hasOwnArguments: true,
  inner: (given) => (given.length > 1 ? [[given[1], 1]] : []),
  check: ([path], at, check) => {
    if (typeof path !== 'string' || path === '') {
      check.refuse(at(0), '"var" must name a value, such as "data.total"');
    } else if (path.split('.').some((key) => INHERITED.has(key))) {
      check.refuse(at(0), '"var" must name a value of the context, not of its class');
    }
  },
};

const text = (name: string): RuleOperator => ({
  ...exactly(2),
  check: (given, at, check) => {
    for (const [index, part] of given.entries()) {
      if (typeof part !== 'string' && !isOperation(part)) check.refuse(at(index), `"${name}" compares strings`);
    }
  },
});

const version: RuleOperator = {
  ...exactly(3),
  check: ([one, operator, other], at, check) => {
    if (typeof operator !== 'string' || !SEMVER_OPERATORS.includes(operator)) {
      check.refuse(at(1), `"sem_ver" compares by ${SEMVER_OPERATORS.join(' ')}`);
    }
    for (const [index, part] of [
      [0, one],
      [2, other],
    ] as const) {
      if (!isOperation(part) && !(typeof part === 'string' && SEMVER.test(part))) {
        check.refuse(at(index), '"sem_ver" compares versions, such as "1.4.0"');
      }
    }
  },
};

const fractional: RuleOperator = {
  ...from(1),
  hasOwnArguments: true,
  inner: (given) => given.flatMap(expressionsIn),
  check: (given, at, check) => {
    let total = 0;
    for (const [index, bucket] of given.entries()) {
      if (index === 0 && (typeof bucket === 'string' || isOperation(bucket))) continue;
      const parts: readonly unknown[] = Array.isArray(bucket) ? bucket : [];
      const [variant, weight = 1, ...others] = parts;
      if (parts.length === 0 || Array.isArray(variant) || others.length > 0) {
        check.refuse(at(index), '"fractional" takes buckets, such as ["a", 50]');
      } else if (typeof weight === 'number' && Number.isInteger(weight) && weight >= 0) {
        total += weight;
      } else if (!isOperation(weight)) {
        check.refuse([...at(index), 1], 'a weight must be a whole number from 0 on');
      }
    }
    if (total > MOST_WEIGHT) check.refuse(at(0), `all weights together must not be more than ${String(MOST_WEIGHT)}`);
  },
};

const membership: RuleOperator = {
  ...exactly(2),
  check: ([, where], at, check) => {
    if (typeof where !== 'string' && !Array.isArray(where) && !isOperation(where)) {
      check.refuse(at(1), '"in" looks into a list or a string');
    }
  },
};

const names: RuleOperator = {
  ...from(1),
  check: (given, at, check) => {
    for (const [index, part] of given.entries()) {
      if (typeof part !== 'string') check.refuse(at(index), '"missing" takes names of values');
    }
  },
};

const someNames: RuleOperator = {
  ...exactly(2),
  hasOwnArguments: true,
  check: ([count, list], at, check) => {
    if (typeof count !== 'number' || !Number.isInteger(count) || count < 1) {
      check.refuse(at(0), '"missing_some" takes how many must be there');
    }
    if (!Array.isArray(list) || !list.every((name) => typeof name === 'string')) {
      check.refuse(at(1), '"missing_some" takes a list of names of values');
    }
  },
};

/** Operators of rules. Those of JSON Logic that make lists, throw or catch are left out. */
export const OPERATORS: Readonly<Record<string, RuleOperator>> = {
  var: variable,
  missing: names,
  missing_some: someNames,
  if: from(2),
  and: from(1),
  or: from(1),
  '!': exactly(1),
  '!!': exactly(1),
  '==': exactly(2),
  '===': exactly(2),
  '!=': exactly(2),
  '!==': exactly(2),
  '<': from(2, 3),
  '<=': from(2, 3),
  '>': exactly(2),
  '>=': exactly(2),
  '+': from(1),
  '-': from(1, 2),
  '*': from(2),
  '/': exactly(2),
  '%': exactly(2),
  max: from(1),
  min: from(1),
  in: membership,
  cat: from(1),
  substr: from(2, 3),
  starts_with: text('starts_with'),
  ends_with: text('ends_with'),
  sem_ver: version,
  fractional,
};

/** Of an argument of `fractional`: itself, or what a bucket is computed from. */
function expressionsIn(part: unknown, index: number): readonly (readonly [unknown, number])[] {
  const parts: readonly unknown[] = Array.isArray(part) ? part : [part];
  return parts.filter(isOperation).map((expression) => [expression, index]);
}

function isOperation(part: unknown): boolean {
  return typeof part === 'object' && part !== null && !Array.isArray(part);
}
