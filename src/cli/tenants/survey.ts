import { ConfigError, silentLogger } from '../../core/index.js';
import type { ExaminedTenant, ExaminedTenants, Generation } from '../../runtime/index.js';
import type { CommandOptions, CommandArguments, CommandIo, ExitCode } from '../command.js';
import { CONFIG_FILE, formats, SELECTORS } from '../common-options.js';
import { loadDefinition, closeSources, loadEnvironment, selected, type LoadedDefinition } from '../load-definition.js';
import { ProgressBar } from '../progress-bar.js';
import { UsageError } from '../usage-error.js';

export const TENANT_OPTIONS: CommandOptions = { ...SELECTORS, ...formats(['text', 'json']), ...CONFIG_FILE };

export interface Survey {
  readonly loaded: LoadedDefinition;
  readonly base: Generation;
  readonly tenants: ExaminedTenants;
}

/**
 * Loads the base and opens what is known of tenants, for as long as the work takes.
 *
 * @throws UsageError when the configuration file has no tenants.
 * @throws ConfigError when the base is not valid, or the documents or the ceiling cannot be read.
 */
export async function withTenants(
  args: CommandArguments,
  io: CommandIo,
  work: (survey: Survey) => Promise<ExitCode>,
): Promise<ExitCode> {
  const loaded = await loadDefinition(args, io);
  const { definition, plan, file } = loaded;
  if (definition.tenants === undefined) {
    throw new UsageError(
      `${file} has no tenants.`,
      "Write: export default defineConfig({ …, tenants: defineTenants({ layers: tenantFolder('config/tenants') }) });",
    );
  }
  const selectors = selected(args, plan.environments);
  try {
    const base = await loadEnvironment(loaded, selectors);
    const options = { ...definition, ...selectors, logger: silentLogger };
    // What defineTenants makes answers so; the floor of definitions knows nothing of tenants.
    const tenants = (await definition.tenants.examine({ plan, options, current: base })) as ExaminedTenants;
    try {
      return await work({ loaded, base, tenants });
    } finally {
      await tenants.close();
    }
  } finally {
    await closeSources(definition.sources);
  }
}

export interface Finding<T> {
  readonly id: string;
  readonly found?: T;
  readonly error?: ConfigError;
}

/** So many are looked at at a time: more wait for nothing but each other. */
const AT_ONCE = 16;

/**
 * Looks at tenants side by side, with a bar on a terminal; the findings are in the order of the ids.
 *
 * @param named all that are known when it is empty
 * @throws UsageError where nobody knows which tenants there are.
 */
export async function lookAtAll<T>(
  { tenants }: Pick<Survey, 'tenants'>,
  named: readonly string[],
  io: CommandIo,
  look: (tenant: ExaminedTenant) => T | Promise<T>,
): Promise<readonly Finding<T>[]> {
  const ids = named.length > 0 ? named : tenants.ids?.toSorted();
  if (ids === undefined) {
    throw new UsageError(
      'The documents of tenants are asked for one by one.',
      'Name the tenants: their ids, one by one.',
    );
  }
  const findings: Finding<T>[] = [];
  const bar = new ProgressBar(io.error);
  const waiting = ids.entries();
  let done = 0;
  const worker = async (): Promise<void> => {
    for (const [at, id] of waiting) {
      findings[at] = await lookAt(tenants, id, look);
      bar.update(++done / ids.length, `${String(done)} of ${String(ids.length)} tenants`);
    }
  };
  try {
    await Promise.all(Array.from({ length: AT_ONCE }, worker));
  } finally {
    bar.end();
  }
  return findings;
}

async function lookAt<T>(
  tenants: ExaminedTenants,
  id: string,
  look: (tenant: ExaminedTenant) => T | Promise<T>,
): Promise<Finding<T>> {
  try {
    return { id, found: await look(await tenants.find(id)) };
  } catch (error) {
    if (ConfigError.is(error)) return { id, error };
    throw error;
  }
}
