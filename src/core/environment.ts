/** The environments a service runs in. */
export type Environment = 'development' | 'test' | 'production';

export const ENVIRONMENTS: readonly Environment[] = Object.freeze(['development', 'test', 'production']);

/**
 * Checks the environments that an option names, for callers without types: one that does not exist would never apply, and
 * nobody would notice.
 *
 * @param names one, or a list
 * @throws TypeError naming the option.
 */
export function checkEnvironments(option: string, names: unknown): void {
  const given: readonly unknown[] = Array.isArray(names) ? names : [names];
  for (const name of given) {
    if (ENVIRONMENTS.some((legal) => legal === name)) continue;
    throw new TypeError(`${option}: ${shown(name)} is not an environment; write ${ENVIRONMENTS.join(', ')}.`);
  }
}

function shown(name: unknown): string {
  if (name === undefined) return 'nothing';
  return typeof name === 'string' ? JSON.stringify(name) : `a ${typeof name}`;
}
