import { checkRule, formatPath, nearestName } from '../core/index.js';
import type { RuleViolation } from '../sections/index.js';
import { flagIn, prerequisitesOf, type DefinedFlag, type DefinedFlags } from './defined-flags.js';
import { typeName } from './flag-value.js';
import { inOrder, refsIn, RuleRefs } from './rule-refs.js';

type Path = readonly (string | number)[];
type Refuse = (path: Path, message: string, hint?: string) => void;

/** How many flags may be evaluated for one, itself and those of prerequisites of prerequisites included. */
const MOST_EVALUATIONS = 100;

/** What is wrong with definitions, with places: an engine takes most mistakes for "no variant". */
export function checkFlags(defined: DefinedFlags): readonly RuleViolation[] {
  const { flags, $evaluators = {} } = defined;
  const violations: RuleViolation[] = [];
  const refuse: Refuse = (path, message, hint) => {
    violations.push({ message, path: formatPath(path.map(String)), ...(hint !== undefined && { hint }) });
  };
  const refs = new Set(Object.keys($evaluators));
  for (const [name, rule] of Object.entries($evaluators)) {
    for (const { path, message, hint } of checkRule(rule, { refs }))
      refuse(['$evaluators', name, ...path], message, hint);
  }
  const found = inOrder(refs, (name) => [...refsIn($evaluators[name])].filter((each) => refs.has(each)));
  if ('circle' in found) {
    refuse(['$evaluators', found.circle[0] ?? ''], `evaluators name each other in a circle: ${shown(found.circle)}`);
  }
  const expand = violations.length === 0 ? new RuleRefs($evaluators) : undefined;
  for (const [key, definition] of Object.entries(flags)) {
    const below: Refuse = (path, message, hint) => {
      refuse(['flags', key, ...path], message, hint);
    };
    checkVariants(definition, below);
    checkTargeting(definition, refs, expand, below);
    checkPrerequisites(definition, defined, below);
  }
  checkChains(defined, refuse);
  return violations;
}

function checkVariants(definition: DefinedFlag, refuse: Refuse): void {
  const { variants, defaultVariant, activeFrom, activeUntil } = definition;
  const names = Object.keys(variants);
  if (names.length === 0) refuse(['variants'], 'a flag needs a variant', 'Write variants: { on: true, off: false }.');
  const [first] = names.map((name) => typeof variants[name]);
  for (const name of names) {
    const value: unknown = variants[name];
    const isValue = ['boolean', 'string', 'number', 'object'].includes(typeof value) && value !== null;
    if (!isValue) refuse(['variants', name], `a variant has a value, not ${typeName(value)}`);
    else if (typeof value !== first) {
      refuse(
        ['variants', name],
        `the variants of a flag have one type: this is a ${typeName(value)}, the first a ${String(first)}`,
      );
    }
  }
  for (const [field, variant] of [
    ['defaultVariant', defaultVariant ?? undefined],
    ['forced', definition.forced],
    ['offVariant', definition.offVariant],
  ] as const) {
    if (variant !== undefined) checkVariant(variant, [field], variants, refuse);
  }
  if (activeFrom !== undefined && activeUntil !== undefined && activeFrom >= activeUntil) {
    refuse(['activeUntil'], 'it must be later than activeFrom');
  }
}

function checkVariant(variant: string, path: Path, variants: object, refuse: Refuse): void {
  const names = Object.keys(variants);
  // That there are none at all is told by itself.
  if (names.length === 0 || Object.hasOwn(variants, variant)) return;
  const nearest = nearestName(variant, names);
  const way = nearest === undefined ? `The variants are ${names.join(', ')}.` : `Did you mean "${nearest}"?`;
  refuse(path, `there is no variant "${variant.slice(0, 40)}"`, way);
}

function checkTargeting(
  { targeting, variants }: DefinedFlag,
  refs: ReadonlySet<string>,
  expand: RuleRefs | undefined,
  refuse: Refuse,
): void {
  // An empty rule is none.
  if (targeting === undefined || Object.keys(targeting).length === 0) return;
  const below: Refuse = (path, message, hint) => {
    refuse(['targeting', ...path], message, hint);
  };
  const problems = checkRule(targeting, { refs });
  for (const { path, message, hint } of problems) below(path, message, hint);
  if (problems.length > 0) return;
  checkResults(targeting, [], (variant, path) => {
    checkVariant(variant, path, variants, below);
  });
  // What it is with all that it refers to may still be too large.
  if (expand === undefined || refsIn(targeting).size === 0) return;
  for (const { path, message, hint } of checkRule(expand.expand(targeting))) below(path, message, hint);
}

/** The literals that a rule may come to. */
function checkResults(rule: unknown, path: Path, check: (variant: string, path: Path) => void): void {
  if (typeof rule === 'string') check(rule, path);
  if (typeof rule !== 'object' || rule === null) return;
  const branches: unknown = Reflect.get(rule, 'if');
  if (Array.isArray(branches)) {
    for (const [index, branch] of branches.entries()) {
      if (index % 2 === 1 || index === branches.length - 1) checkResults(branch, [...path, 'if', index], check);
    }
  }
  const buckets: unknown = Reflect.get(rule, 'fractional');
  if (!Array.isArray(buckets)) return;
  for (const [index, bucket] of buckets.entries()) {
    if (Array.isArray(bucket)) checkResults(bucket[0], [...path, 'fractional', index, 0], check);
  }
}

function checkPrerequisites(definition: DefinedFlag, defined: DefinedFlags, refuse: Refuse): void {
  for (const [key, wanted] of prerequisitesOf(definition)) {
    const path = ['prerequisites', key];
    const other = flagIn(defined, key);
    // Nothing has looked at what is in the list.
    const variants: readonly unknown[] = Array.isArray(wanted) ? wanted : [wanted];
    if (other === undefined) {
      const nearest = nearestName(key, Object.keys(defined.flags));
      refuse(path, `there is no flag "${key.slice(0, 40)}"`, nearest && `Did you mean "${nearest}"?`);
    } else if (variants.length === 0 || !variants.every((variant) => typeof variant === 'string')) {
      refuse(path, 'name the variant that the flag must have, or a list of them');
    } else for (const variant of variants) checkVariant(variant, path, other.variants, refuse);
  }
}

function checkChains(defined: DefinedFlags, refuse: Refuse): void {
  const below = (key: string): readonly string[] => {
    const definition = flagIn(defined, key);
    return definition === undefined ? [] : prerequisitesOf(definition).map(([other]) => other);
  };
  const found = inOrder(Object.keys(defined.flags), below);
  if ('circle' in found) {
    const { circle } = found;
    refuse(['flags', circle[0] ?? '', 'prerequisites'], `prerequisites go in a circle: ${shown(circle)}`);
    return;
  }
  const costs = new Map<string, number>();
  for (const key of found.order) {
    const cost = below(key).reduce((sum, other) => sum + (costs.get(other) ?? 0), 1);
    // Counted once: those that need it are not to be blamed as well.
    costs.set(key, cost > MOST_EVALUATIONS ? 1 : cost);
    if (cost <= MOST_EVALUATIONS) continue;
    const message = `its prerequisites, with theirs, are more than ${String(MOST_EVALUATIONS - 1)} evaluations`;
    refuse(['flags', key, 'prerequisites'], message, 'Have fewer flags depend on each other.');
  }
}

/** Of a long circle the beginning. */
function shown(circle: readonly string[]): string {
  return circle.length > 8 ? `${circle.slice(0, 8).join(' -> ')} …` : circle.join(' -> ');
}
