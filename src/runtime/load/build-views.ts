import {
  type ConfigIssue,
  type ConfigPath,
  COMPONENTS,
  formatPath,
  isConfigMap,
  mergeValues,
  MODULES,
  sameSettings,
  scopeLevels,
  valueAt,
} from '../../core/index.js';
import { bindFacts, type BoundFacts } from './bind-facts.js';
import { checkCrossRules } from './check-cross-rules.js';
import { completeIssues } from './complete-issues.js';
import { differing, type GenerationFacts, type RestartWish, NO_VIEWS, viewIn } from '../generation/index.js';
import type { LoadOptions } from '../plan/index.js';
import { plainIn } from './policy-findings.js';
import { resolveRows } from './resolve-rows.js';
import { mergedRow, overridesAt, rowOf, segmentAt, type Overrides, type Rows } from '../rows/index.js';

/** What views are built with, besides the generation that they are views of. */
export interface ViewRequest {
  readonly options: LoadOptions;
  /** The generation before, which is only read. */
  readonly before: GenerationFacts | undefined;
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
 */
export async function buildViews(base: GenerationFacts, request: ViewRequest): Promise<BuiltViews> {
  const { merged } = rowOf(base.wanted, base.plan.root);
  const modules = keysAt(merged, [MODULES]);
  if (modules.length === 0) return { views: NO_VIEWS, issues: [], warnings: [] };
  const views = new Views(base, request);
  for (const module of modules) {
    const level = [MODULES, module];
    const above = await views.add(module, level, base);
    for (const component of keysAt(merged, [...level, COMPONENTS])) {
      await views.add(`${module}/${component}`, [...level, COMPONENTS, component], above);
    }
  }
  return views;
}

/** What waits for a restart in what modules see, at its own place; without what waits for everybody. */
export function wishesIn(views: GenerationFacts['views'], known: readonly RestartWish[]): readonly RestartWish[] {
  return [...views].flatMap(([scope, { wishes }]) => {
    const level = formatPath(scopeLevels(scope).at(-1) ?? []);
    const isEverybodys = ({ change, wanted }: RestartWish): boolean =>
      known.some((other) => other.change.path === change.path && sameSettings(other.wanted, wanted));
    const own = wishes.filter((wish) => !isEverybodys(wish));
    return own.map((wish) => ({ ...wish, change: { ...wish.change, path: `${level}.${wish.change.path}` } }));
  });
}

function keysAt(tree: unknown, path: ConfigPath): readonly string[] {
  const value = valueAt(tree, path);
  return isConfigMap(value) ? Object.keys(value) : [];
}

class Views implements BuiltViews {
  public readonly views = new Map<string, GenerationFacts>();
  public readonly issues: ConfigIssue[] = [];
  public readonly warnings: ConfigIssue[] = [];
  readonly #base: GenerationFacts;
  readonly #request: ViewRequest;

  public constructor(base: GenerationFacts, request: ViewRequest) {
    this.#base = base;
    this.#request = request;
  }

  /** Makes the view of a scope over the one above it; that is its view, too, where the scope overrides nothing. */
  public async add(scope: string, level: ConfigPath, above: GenerationFacts): Promise<GenerationFacts> {
    const { plan, selectors } = above;
    const root = rowOf(this.#base.wanted, plan.root);
    const overrides = overridesAt(root, level);
    if (overrides.size === 0) return above;
    const { options, before } = this.#request;
    const rows = overridden(above.wanted, overrides, valueAt(root.opened, level));
    const { facts, findings, made } = await this.#make(rows, above, before && viewIn(before, scope));
    const changed = new Set(differing(above.instances, facts.instances));
    const invalid = findings.map(({ path }) => path);
    const rules = await checkCrossRules(
      options.rules ?? [],
      plan.sections,
      facts.instances,
      selectors,
      invalid,
      changed,
    );
    const plain = plainIn(made, plan, facts);
    this.issues.push(...inScope(scope, completeIssues([...findings, ...rules, ...plain.errors], facts)));
    this.warnings.push(...inScope(scope, completeIssues(plain.warnings, facts)));
    this.views.set(scope, facts);
    return facts;
  }

  async #make(rows: Rows, above: GenerationFacts, before: GenerationFacts | undefined): Promise<BoundFacts> {
    const { env = process.env } = this.#request.options;
    const { plan, readings, files } = above;
    const scope = { from: { rows, readings, plan }, env, files, pins: [] };
    const resolved = resolveRows(rows, scope, { rows: above.wanted, groups: above.groups, issues: [] });
    return bindFacts(resolved, {
      given: { ...above, renewals: [] },
      scope,
      above,
      before,
      // What stays as it is above has been reported there.
      wrongIn: (found) =>
        found.filter(({ path }) => {
          const segment = segmentAt(plan.root, path);
          return rowOf(resolved.rows, segment).resolved !== rowOf(above.wanted, segment).resolved;
        }),
    });
  }
}

/**
 * Rows with what overrides them. What is encrypted has been opened where it stands, and is taken from there: it is bound
 * to that place.
 */
function overridden(rows: Rows, overrides: Overrides, opened: unknown): Rows {
  return rows.map((row) => {
    const parts = overrides.get(row.segment);
    if (parts === undefined) return row;
    const { schema, path } = row.segment;
    const merged = mergedRow(row, [...row.parts, ...parts]);
    const own = withoutKeys(valueAt(opened, path), row.segment.children);
    return { ...merged, opened: row.opened === undefined ? own : mergeValues([row.opened, own], schema, false) };
  });
}

function withoutKeys(tree: unknown, keys: ReadonlyMap<string, unknown>): unknown {
  if (keys.size === 0 || !isConfigMap(tree)) return tree;
  return Object.fromEntries(Object.entries(tree).filter(([key]) => !keys.has(key)));
}

function inScope(scope: string, issues: readonly ConfigIssue[]): readonly ConfigIssue[] {
  return issues.map((issue) => ({ ...issue, message: `${issue.message} (in the scope ${scope})` }));
}
