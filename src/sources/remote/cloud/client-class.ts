import { loadDriver } from '../../../drivers/index.js';

export interface ClientPackage {
  readonly name: string;
  readonly from: string;
}

/**
 * The class of clients of a vendor's package, which is imported when it is needed first.
 *
 * @throws ConfigError `driver-not-installed`; TypeError for a package without the class.
 */
export async function clientClass<Made>({ name, from }: ClientPackage): Promise<Made> {
  const driver = await loadDriver<Readonly<Record<string, Made>>>(from, undefined, 'client');
  const made = driver[name];
  if (made === undefined) throw new TypeError(`The package ${from} has no ${name}.`);
  return made;
}
