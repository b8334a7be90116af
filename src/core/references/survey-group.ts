import type { ConfigPath } from '../config-path.js';
import { isConfigMap } from '../config-value.js';
import { mayHoldReferences } from './template.js';

/** What must be known of a map or list before a reference may bring it in. */
export interface GroupSurvey {
  /** How many values it holds, itself included; counting ends a little past the limit. */
  readonly size: number;
  /** True when it is nested deeper than allowed; it was not searched to the end then. */
  readonly isTooDeep: boolean;
  /** The paths, from the map down, of the values in it that must not be shown. */
  readonly secrets: readonly ConfigPath[];
}

/** The limits of {@link surveyGroup}. */
export interface SurveyLimits {
  readonly size: number;
  readonly depth: number;
  isSecret(path: ConfigPath): boolean;
}

/** Walks the map at `path`, as far as the limits allow. */
export function surveyGroup(group: object, path: ConfigPath, limits: SurveyLimits): GroupSurvey {
  const secrets: ConfigPath[] = [];
  let size = 0;
  let isTooDeep = false;
  const visit = (value: unknown, at: ConfigPath, depth: number): void => {
    size += 1;
    if (depth > 0 && limits.isSecret(at)) secrets.push(at.slice(path.length));
    if (!isGroup(value)) return;
    isTooDeep ||= depth >= limits.depth;
    for (const [key, child] of Object.entries(value)) {
      if (isTooDeep || size >= limits.size) return;
      visit(child, [...at, key], depth + 1);
    }
  };
  visit(group, path, 0);
  return { size, isTooDeep, secrets };
}

export function isGroup(value: unknown): value is object {
  return Array.isArray(value) || isConfigMap(value);
}

/** True for a value that resolving its references may change. */
export function mayChange(value: unknown): boolean {
  return typeof value === 'string' ? mayHoldReferences(value) : isGroup(value);
}
