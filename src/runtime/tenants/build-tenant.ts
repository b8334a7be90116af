import {
  COMPONENTS,
  type ConfigLayer,
  type ConfigPath,
  isConfigMap,
  MODULES,
  scopeLevels,
  valueAt,
} from '../../core/index.js';
import { factsOf, Generation } from '../generation/index.js';
import { completeIssues, groundOf, invalidSettings, Overlay } from '../load/index.js';
import type { LoadOptions } from '../plan/index.js';
import { readAnswer, type Reading } from '../rows/index.js';
import { applyCeilings, type Ceiling, type CeilingView, type Clamp } from './ceilings.js';
import { strangersWords } from './tenant-trust.js';

/** What a tenant is made of. */
export interface TenantRequest {
  /** Its id: what it has encrypted opens for no other one. */
  readonly tenant: string;
  readonly base: Generation;
  /** The settings of its plan; the operator wrote them. */
  readonly plan: readonly ConfigLayer[];
  /** Its own settings; a stranger wrote them. */
  readonly layers: readonly ConfigLayer[];
  readonly ceilings: readonly Ceiling[];
  readonly options: LoadOptions;
  /** The current build: equal sections stay. */
  readonly before: BuiltTenant | undefined;
}

/** The settings of a tenant over one generation of the base. */
export interface BuiltTenant {
  /** The number of the one before when nothing has changed. */
  readonly generation: Generation;
  readonly clamps: readonly Clamp[];
  /** Of the levels that set something, each over the one before it. */
  readonly overlays: Readonly<Partial<Record<Level, Overlay>>>;
}

type Level = 'plan' | 'tenant' | 'ceiling';

/**
 * Makes the settings of a tenant: base < plan < tenant < ceiling. A section is the base's own instance when nothing that it
 * is made from is overridden.
 *
 * @throws ConfigError `invalid-settings` with all issues.
 */
export async function buildTenant(request: TenantRequest): Promise<BuiltTenant> {
  const { tenant, base, plan, layers, ceilings, options, before } = request;
  const facts = factsOf(base);
  // Above all sources, variables included: their result is the base.
  const above = options.sources.length;
  const read = (said: readonly ConfigLayer[]): Reading => readAnswer(said, above + 0.5, facts.plan);
  const strange = strangersWords({ tenant: read(layers), base: facts, plan: () => read(plan) });
  if (strange.length > 0) throw invalidSettings(completeIssues(strange, groundOf(facts)), facts.selectors);
  const overlays: Partial<Record<Level, Overlay>> = {};
  let top: Overlay | undefined;
  const lay = (level: Level, said: readonly ConfigLayer[]): void => {
    if (said.length === 0) return;
    const known = before?.overlays[level];
    const whose = level === 'tenant' ? { tenant } : {};
    const follows = known === undefined ? {} : { before: known };
    overlays[level] = top = new Overlay(top ?? base, said, { ...options, above, ...whose, ...follows });
  };
  lay('plan', plan);
  lay('tenant', layers);
  const held =
    ceilings.length === 0 ? undefined : await applyCeilings(ceilings, await viewsOf(top ?? new Overlay(base, [])));
  if (held !== undefined) lay('ceiling', [held.layer]);
  const made = top === undefined ? facts : factsOf(await top.generation());
  return { generation: numbered(made, before?.generation), clamps: held?.clamps ?? [], overlays };
}

/** What the application sees, and each module and component: a ceiling holds for all of them. */
async function viewsOf(seen: Overlay): Promise<readonly CeilingView[]> {
  const modules = await seen.value([MODULES]);
  const scopes = keysOf(modules).flatMap((module) => {
    const components = keysOf(valueAt(modules, [module, COMPONENTS]));
    return [module, ...components.map((component) => `${module}/${component}`)];
  });
  const scoped = scopes.map((scope): CeilingView => {
    const level = scopeLevels(scope).at(-1) ?? [];
    const says = ([first = '']: ConfigPath): boolean => valueAt(modules, [...level.slice(1), first]) !== undefined;
    return { level, says, valueAt: async (path) => seen.scope(scope).value(path) };
  });
  return [{ level: [], says: () => true, valueAt: async (path) => seen.value(path) }, ...scoped];
}

function keysOf(value: unknown): readonly string[] {
  return isConfigMap(value) ? Object.keys(value) : [];
}

/** Counts the tenant's own changes. */
function numbered(facts: ReturnType<typeof factsOf>, before: Generation | undefined): Generation {
  // The history of the base does not concern the tenant.
  const own = { ...facts, replaced: undefined, places: undefined, renewals: [] };
  const isSame = before !== undefined && facts.instances.every((each, index) => each === before.instances[index]);
  return new Generation({ ...own, number: (before?.number ?? 0) + (isSame ? 0 : 1) });
}
