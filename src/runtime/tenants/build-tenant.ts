import {
  COMPONENTS,
  type ConfigLayer,
  type ConfigPath,
  isConfigMap,
  MODULES,
  scopeLevels,
  valueAt,
} from '../../core/index.js';
import { factsOf, type Generation } from '../generation/index.js';
import { completeIssues, groundOf, invalidSettings, Overlay } from '../load/index.js';
import type { LoadOptions } from '../plan/index.js';
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
}

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
  const shared = { ...options, above: options.sources.length, before: before?.generation };
  const planned = plan.length === 0 ? undefined : new Overlay(base, plan, shared);
  const seen = new Overlay(planned ?? base, layers, { ...shared, tenant });
  const strange = strangersWords({ tenant: seen.reading, base: facts, plan: planned?.reading });
  if (strange.length > 0) throw invalidSettings(completeIssues(strange, groundOf(facts)), facts.selectors);
  const held = ceilings.length === 0 ? undefined : applyCeilings(ceilings, await viewsOf(seen));
  const all = held === undefined ? seen : new Overlay(seen, [held.layer], shared);
  return { generation: await all.generation(), clamps: held?.clamps ?? [] };
}

/** What the application sees, and each module and component: a ceiling holds for all of them. */
async function viewsOf(seen: Overlay): Promise<readonly CeilingView[]> {
  const all = await seen.view();
  const modules = all.value([MODULES]);
  const scopes = keysOf(modules).flatMap((module) => {
    const components = keysOf(valueAt(modules, [module, COMPONENTS]));
    return [module, ...components.map((component) => `${module}/${component}`)];
  });
  const scoped = scopes.map(async (scope): Promise<CeilingView> => {
    const level = scopeLevels(scope).at(-1) ?? [];
    const view = await seen.view(scope);
    const says = ([first = '']: ConfigPath): boolean => valueAt(modules, [...level.slice(1), first]) !== undefined;
    return { level, says, valueAt: (path) => view.value(path) };
  });
  return [{ level: [], says: () => true, valueAt: (path) => all.value(path) }, ...(await Promise.all(scoped))];
}

function keysOf(value: unknown): readonly string[] {
  return isConfigMap(value) ? Object.keys(value) : [];
}
