import type { GenerationFacts } from './generation-facts.js';

/** Of a generation in which no module overrides anything. */
export const NO_VIEWS: GenerationFacts['views'] = new Map();

/** What a scope sees of a generation: its own view, or that of the module around it, or the generation itself. */
export function viewIn(facts: GenerationFacts, scope: string): GenerationFacts {
  const [module = scope] = scope.split('/', 1);
  return facts.views.get(scope) ?? facts.views.get(module) ?? facts;
}

/** The scopes that see something of their own in one of two generations. */
export function scopesIn(one: GenerationFacts, other: GenerationFacts): ReadonlySet<string> {
  return new Set([...one.views.keys(), ...other.views.keys()]);
}
