import { nearestName } from '../nearest-name.js';
import { OPERATORS, type RuleCheck, type RuleProblem, type RuleTerms } from './operators.js';

/** How deep a rule may be: an engine that recurses must come to an end. */
export const RULE_DEPTH = 32;
export const RULE_NODES = 2_000;

/**
 * What is wrong with a rule: an expression of JSON Logic with the operators `starts_with`, `ends_with`, `sem_ver` and
 * `fractional` that flagd has besides. Operators that build lists are not allowed, because a small rule can build one that
 * takes seconds. Empty when it can be evaluated.
 */
export function checkRule(rule: unknown, terms: RuleTerms = {}): readonly RuleProblem[] {
  const problems: RuleProblem[] = [];
  let nodes = 0;
  const check: RuleCheck = {
    terms,
    refuse: (path, message, hint) => {
      problems.push(hint === undefined ? { path, message } : { path, message, hint });
    },
    value: (part, path, depth) => {
      nodes++;
      // The first is enough: what is beyond it is not looked at.
      if (nodes === RULE_NODES + 1) {
        check.refuse([], `it has more than ${String(RULE_NODES)} operators and values`, 'Split it into several rules.');
      }
      if (nodes > RULE_NODES) return;
      if (depth > RULE_DEPTH) check.refuse(path, `it is deeper than ${String(RULE_DEPTH)} operators`, 'Split it.');
      else if (Array.isArray(part))
        part.forEach((item, index) => {
          check.value(item, [...path, index], depth + 1);
        });
      else if (typeof part === 'object' && part !== null) operation(part, path, depth, check);
      else if (typeof part === 'number' ? !Number.isFinite(part) : !LITERALS.has(typeof part) && part !== null)
        check.refuse(path, 'it is no value that JSON knows');
    },
  };
  check.value(rule, [], 1);
  return problems;
}

const LITERALS: ReadonlySet<string> = new Set(['string', 'number', 'boolean']);

function operation(part: object, path: RuleProblem['path'], depth: number, check: RuleCheck): void {
  const [name, ...others] = Object.keys(part);
  if (name === undefined || others.length > 0) {
    check.refuse(path, 'it must have one operator', 'Join several by {"and": […]}.');
    return;
  }
  if (name === '$ref' && check.terms.refs !== undefined) {
    reference(Reflect.get(part, name), [...path, name], check.terms.refs, check);
    return;
  }
  const operator = Object.hasOwn(OPERATORS, name) ? OPERATORS[name] : undefined;
  if (operator === undefined) {
    const nearest = nearestName(name, Object.keys(OPERATORS));
    const hint =
      nearest === undefined ? `Use one of ${Object.keys(OPERATORS).join(', ')}.` : `Did you mean "${nearest}"?`;
    check.refuse([...path, name], `there is no operator "${name.slice(0, 40)}" in rules`, hint);
    return;
  }
  const given: unknown = Reflect.get(part, name);
  // JSON Logic takes one argument without its list.
  const isList = Array.isArray(given);
  const parts: readonly unknown[] = isList ? given : [given];
  const at = (index: number): RuleProblem['path'] => (isList ? [...path, name, index] : [...path, name]);
  const { least, most } = operator;
  if (parts.length < least || parts.length > most) {
    check.refuse([...path, name], `"${name}" takes ${countOf(least, most)}, not ${String(parts.length)}`);
    return;
  }
  operator.check?.(parts, at, check);
  // A literal that is part of an operator was looked at by it.
  if (operator.hasOwnArguments !== true) {
    for (const [index, argument] of parts.entries()) check.value(argument, at(index), depth + 1);
  } else {
    operator.inner?.(parts).forEach(([argument, index]) => {
      check.value(argument, at(index), depth + 1);
    });
  }
}

function reference(to: unknown, path: RuleProblem['path'], refs: ReadonlySet<string>, check: RuleCheck): void {
  if (typeof to === 'string' && refs.has(to)) return;
  const nearest = typeof to === 'string' ? nearestName(to, refs) : undefined;
  const shown = typeof to === 'string' ? `"${to.slice(0, 40)}"` : 'of such a name';
  check.refuse(path, `there is no evaluator ${shown}`, nearest && `Did you mean "${nearest}"?`);
}

function countOf(least: number, most: number): string {
  if (least === most) return least === 1 ? 'one argument' : `${String(least)} arguments`;
  return most === Infinity ? `${String(least)} arguments or more` : `${String(least)} to ${String(most)} arguments`;
}
