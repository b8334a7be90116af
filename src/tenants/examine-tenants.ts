import { type ConfigSource, silentLogger, systemClock } from '../core/index.js';
import {
  readReloadOptions,
  type ExaminedTenants,
  type Generation,
  type LoadOptions,
  type LoadPlan,
  type ReloadOptions,
} from '../runtime/index.js';
import { AskedDocuments, type TenantLoader } from './asked-documents.js';
import { ListedDocuments } from './listed-documents.js';
import { foldIdentifier, isTenantName } from './tenant.js';
import { readUsable, TenantBuilder, type TenantParts } from './tenant-builder.js';
import { unknownTenant } from './tenant-errors.js';
import { TenantRules } from './tenant-rules.js';

/** Where everything about tenants comes from, of the options of `defineTenants`. */
export interface TenantSources {
  readonly layers: ConfigSource | TenantLoader;
  readonly plans?: ConfigSource | undefined;
  readonly ceiling?: ConfigSource | undefined;
  /** Milliseconds. */
  readonly missingFor: number;
}

/** What tenants are looked at over. */
export interface ExaminedBase {
  readonly plan: LoadPlan;
  readonly options: LoadOptions & { readonly reload?: ReloadOptions };
  readonly current: Generation;
}

/** The documents and rules of tenants, read; and watched, where somebody is told what has moved. */
export async function openTenants(
  { layers, plans, ceiling, missingFor }: TenantSources,
  { plan, options, current: { selectors } }: ExaminedBase,
  moved: (reason: string) => void = () => undefined,
): Promise<Omit<TenantParts, 'base'> & { readonly close: () => Promise<void> }> {
  const { settle, debounce, pollInterval, watch } = readReloadOptions(options.reload ?? {});
  const listed = { options, plan, slots: { selectors, settle, debounce }, watching: { pollInterval, watch } };
  const { clock = systemClock, signal } = options;
  const documents =
    typeof layers === 'function'
      ? new AskedDocuments(layers, { clock, missingFor, timeout: plan.timeout })
      : new ListedDocuments(layers, listed);
  const rules = new TenantRules({ plans, ceiling }, listed);
  const close = async (): Promise<void> => {
    await Promise.all([documents.close(), rules.close()]);
  };
  try {
    await Promise.all([documents.start(signal), rules.start(signal, moved)]);
  } catch (error) {
    await close();
    throw error;
  }
  return { documents, rules, close };
}

export async function examineTenants(
  { plan, options: given, current }: ExaminedBase,
  sources: TenantSources,
): Promise<ExaminedTenants> {
  const options = { ...given, logger: silentLogger };
  const { documents, rules, close } = await openTenants(sources, { plan, options, current });
  const builder = new TenantBuilder({ base: { store: { current }, options }, documents, rules });
  const { layers: source } = sources;
  return {
    ids: typeof source === 'function' ? undefined : documents.ids,
    find: async (id) => {
      const inputs = isTenantName(id) ? await builder.inputs(id) : undefined;
      if (inputs === undefined) throw unknownTenant(id, documents.idOf(foldIdentifier(id)));
      // Here nobody goes on with what it said before.
      if (inputs.found.bad !== undefined) throw inputs.found.bad;
      const document = readUsable(id, inputs.found);
      return {
        id,
        ...document,
        below: async () => (await builder.build(id, { ...document, layers: [] }, inputs)).generation,
        built: async () => builder.build(id, document, inputs),
      };
    },
    kept: async (id) => {
      if (!isTenantName(id)) throw unknownTenant(id);
      return typeof source === 'function' ? undefined : source.kept?.(id);
    },
    close,
  };
}
