import {
  type ConfigIssue,
  type ConfigPath,
  COMPONENTS,
  formatPath,
  isConfigMap,
  MODULES,
  sameSettings,
  scopeLevels,
  valueAt,
} from '../../core/index.js';
import { checkCrossRules, plainIn } from './check-settings.js';
import { holdBack } from './bind-facts.js';
import { completeIssues } from './complete-issues.js';
import { differing, type GenerationFacts, type RestartWish, NO_VIEWS, viewIn } from '../generation/index.js';
import { groundOf, wantedGround } from './ground.js';
import type { LoadOptions } from '../plan/index.js';
import { RowView, type ViewOptions } from './row-view.js';
import { overridesAt, rowOf, type RowLookup } from '../rows/index.js';

/** What the views of modules are made with. */
interface ModuleViewOptions extends ViewOptions, Pick<LoadOptions, 'rules'> {
  /** Of a generation over another one: its views are what they are to be at once. */
  readonly isOverlay?: boolean;
}

/** What scopes see, and what is wrong with it. */
export interface BuiltViews {
  readonly views: GenerationFacts['views'];
  readonly issues: readonly ConfigIssue[];
  readonly warnings: readonly ConfigIssue[];
}

/**
 * The views of all modules and components that override something, each over the one above it. A section of a view is
 * another object than above only where an override reaches it: its own, or one that it refers to.
 *
 * @param before the generation before, which is only read
 */
export function moduleViews(
  base: GenerationFacts,
  before: GenerationFacts | undefined,
  options: ModuleViewOptions,
): BuiltViews | Promise<BuiltViews> {
  const modules = modulesIn(base);
  return modules.length === 0 ? NOTHING_OVERRIDDEN : viewsOf(modules, base, before, options);
}

/** The modules that override something. */
export function modulesIn(wanted: Wanted): readonly string[] {
  return keysAt(wanted, [MODULES]);
}

const NOTHING_OVERRIDDEN: BuiltViews = Object.freeze({ views: NO_VIEWS, issues: [], warnings: [] });

async function viewsOf(
  modules: readonly string[],
  base: GenerationFacts,
  before: GenerationFacts | undefined,
  { rules = [], isOverlay = false, ...options }: ModuleViewOptions,
): Promise<BuiltViews> {
  const groundIn = isOverlay ? groundOf : wantedGround;
  const views = new Map<string, GenerationFacts>();
  const issues: ConfigIssue[] = [];
  const warnings: ConfigIssue[] = [];
  const add = async (scope: string, level: ConfigPath, above: GenerationFacts): Promise<GenerationFacts> => {
    const overrides = overridesAt(rowOf(base.wanted, base.plan.root), level);
    if (overrides.size === 0) return above;
    const was = before && viewIn(before, scope);
    const known = [above, was].flatMap((facts) => (facts === undefined ? [] : [facts.rows]));
    const view = new RowView(groundIn(above), { ...options, overrides, known });
    const { facts: wanted, findings, made } = await view.facts(above);
    const wrong = [...view.issues, ...findings];
    const held =
      was && !isOverlay && wrong.length === 0 ? await holdBack(wanted, was, { ...options, known }) : undefined;
    const { facts } = held ?? { facts: wanted };
    wrong.push(...(held?.findings ?? []));
    const changed = new Set(differing(above.instances, facts.instances));
    const invalid = wrong.map(({ path }) => path);
    const { plan, selectors } = facts;
    const broken = await checkCrossRules(rules, plan.sections, facts.instances, selectors, invalid, changed);
    const plain = plainIn(made, plan, facts);
    issues.push(...inScope(scope, completeIssues([...wrong, ...broken, ...plain.errors], facts)));
    warnings.push(...inScope(scope, completeIssues(plain.warnings, facts)));
    views.set(scope, facts);
    return facts;
  };
  for (const module of modules) {
    const level = [MODULES, module];
    const above = await add(module, level, base);
    const components = [...level, COMPONENTS];
    for (const component of keysAt(base, components)) {
      await add(`${module}/${component}`, [...components, component], above);
    }
  }
  return { views, issues, warnings };
}

/** Values of modules that wait for a restart, each at its own place; without those that wait for all. */
export function wishesIn(views: GenerationFacts['views'], known: readonly RestartWish[]): readonly RestartWish[] {
  return [...views].flatMap(([scope, { wishes }]) => {
    const level = formatPath(scopeLevels(scope).at(-1) ?? []);
    const isEverybodys = ({ change, wanted }: RestartWish): boolean =>
      known.some((other) => other.change.path === change.path && sameSettings(other.wanted, wanted));
    const own = wishes.filter((wish) => !isEverybodys(wish));
    return own.map((wish) => ({ ...wish, change: { ...wish.change, path: `${level}.${wish.change.path}` } }));
  });
}

interface Wanted {
  readonly wanted: RowLookup;
  readonly plan: Pick<GenerationFacts['plan'], 'root'>;
}

function keysAt({ wanted, plan }: Wanted, path: ConfigPath): readonly string[] {
  const value = valueAt(rowOf(wanted, plan.root).merged, path);
  return isConfigMap(value) ? Object.keys(value) : [];
}

/** Issues with the scope they were found in. */
function inScope(scope: string, issues: readonly ConfigIssue[]): readonly ConfigIssue[] {
  return issues.map((issue) => ({ ...issue, message: `${issue.message} (in the scope ${scope})` }));
}
