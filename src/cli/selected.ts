import type { DeclaredEnvironments, Environment, SelectorName } from '../core/index.js';
import { environmentSpellings, nearestName, orDeclare, parseEnvironment, SELECTORS } from '../core/index.js';
import type { CommandArguments } from './command-arguments.js';
import { UsageError } from './usage-error.js';

/** The selectors that the command line names; absent where it names none. */
export interface Selected extends Readonly<Partial<Record<SelectorName | 'instance', string>>> {
  readonly environment?: Environment;
}

/**
 * Reads `--env` and the other selectors.
 *
 * @param declared the environments that the configuration file declares
 * @throws UsageError when `--env` names no environment.
 */
export function selected(args: CommandArguments, declared: DeclaredEnvironments): Selected {
  const name = args.text('env');
  const environment = name === undefined ? undefined : selectedEnvironment('--env', name, declared);
  const others = ([...SELECTORS, 'instance'] as const).flatMap((option) => {
    const text = args.text(option);
    return text === undefined ? [] : [[option, text] as const];
  });
  return { ...(environment !== undefined && { environment }), ...Object.fromEntries(others) };
}

/**
 * The environment that an option names.
 *
 * @throws UsageError when there is no such environment.
 */
export function selectedEnvironment(option: string, name: string, declared: DeclaredEnvironments): Environment {
  const environment = parseEnvironment(name, declared);
  if (environment !== undefined) return environment;
  const legal = environmentSpellings(declared);
  const nearest = nearestName(name, legal);
  const hint =
    nearest === undefined ? `Legal: ${legal.join(', ')}${orDeclare(name, declared)}.` : `Did you mean ${nearest}?`;
  throw new UsageError(`${option} ${JSON.stringify(name)} is not an environment.`, hint);
}
