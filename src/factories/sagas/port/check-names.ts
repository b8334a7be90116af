import { ConfigError, nearestName } from '../../../core/index.js';
import type { SagaShape } from './saga.js';
import type { SagasSettings } from './saga-settings.js';

/**
 * Refuses names that are most likely misspelled: settings for a saga, and retries that a step names. A name that is near to
 * none may be that of a saga in another process, and a step may do without retries of its own.
 *
 * @throws ConfigError `saga-name-unknown`.
 */
export function checkNames(sagas: string, { default: all, named }: SagasSettings, shapes: readonly SagaShape[]): void {
  const wrong: string[] = [];
  const known = new Set(shapes.map(({ saga }) => saga));
  for (const name of Object.keys(named)) {
    const meant = known.has(name) ? undefined : nearestName(name, known);
    if (meant !== undefined) wrong.push(`named.${name} is of no saga; did you mean named.${meant}?`);
  }
  for (const { saga, name, steps } of shapes) {
    const retries = new Set([
      ...Object.keys(all.retries),
      ...(Object.hasOwn(named, saga) ? Object.keys(named[saga]?.retries ?? {}) : []),
    ]);
    for (const { name: step, retry } of steps) {
      const meant = retry === undefined || retries.has(retry) ? undefined : nearestName(retry, retries);
      if (meant === undefined) continue;
      wrong.push(`the step ${step} of ${name} names the retries "${String(retry)}"; did you mean "${meant}"?`);
    }
  }
  if (wrong.length === 0) return;
  throw new ConfigError({
    code: 'saga-name-unknown',
    message: `The settings of ${sagas} and its sagas do not name the same:${wrong.map((line) => `\n  - ${line}`).join('')}`,
    recovery: 'Correct the settings, or the class.',
  });
}
