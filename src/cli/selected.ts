import type { DeclaredEnvironments, Environment } from '../core/index.js';
import { environmentSpellings, nearestName, orDeclare, parseEnvironment } from '../core/index.js';
import type { CommandArguments } from './command-arguments.js';
import { UsageError } from './usage-error.js';

/** The selectors that the command line names; absent where it names none. */
export interface Selected {
  readonly environment?: Environment;
  readonly region?: string;
  readonly deployment?: string;
}

/**
 * Reads `--env`, `--region` and `--deployment`.
 *
 * @param declared the environments that the configuration file declares
 * @throws UsageError when `--env` names no environment.
 */
export function selected(args: CommandArguments, declared: DeclaredEnvironments): Selected {
  const name = args.text('env');
  const environment = name === undefined ? undefined : selectedEnvironment('--env', name, declared);
  const [region, deployment] = [args.text('region'), args.text('deployment')];
  return {
    ...(environment !== undefined && { environment }),
    ...(region !== undefined && { region }),
    ...(deployment !== undefined && { deployment }),
  };
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
