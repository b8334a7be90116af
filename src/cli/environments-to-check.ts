import { type Environment, environmentNames } from '../core/index.js';
import type { LoadedDefinition } from './load-definition.js';
import type { Selected } from './selected.js';

/** The environment that is named, or those that the configuration file wants to have checked. */
export function environmentsToCheck(
  named: Selected,
  { definition, plan }: LoadedDefinition,
  isAll = false,
): readonly Environment[] {
  const all = environmentNames(plan.environments);
  if (isAll) return all;
  if (named.environment !== undefined) return [named.environment];
  return definition.validateIn ?? (definition.environment === undefined ? all : [definition.environment]);
}
