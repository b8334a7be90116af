import { type ConfigSource, guardLogger, OptionMistake, silentLogger, systemClock } from '../core/index.js';
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
import { TenantCopies } from './tenant-copies.js';
import { TenantRules } from './tenant-rules.js';

/** Where everything about tenants comes from, of the options of `defineTenants`. */
export interface TenantSources {
  readonly layers: ConfigSource | TenantLoader;
  readonly plans?: ConfigSource | undefined;
  readonly ceiling?: ConfigSource | undefined;
  /** Whether the last known good of tenants is kept. */
  readonly lastKnownGood: boolean;
  /** Milliseconds. */
  readonly missingFor: number;
}

/** What tenants are looked at over. */
export interface ExaminedBase {
  readonly plan: LoadPlan;
  readonly options: LoadOptions & { readonly reload?: ReloadOptions };
  readonly current: Generation;
}

/** The documents and rules of tenants, read; and watched where there is a listener. */
export async function openTenants(
  { layers, plans, ceiling, missingFor }: TenantSources,
  { plan, options, current: { selectors } }: ExaminedBase,
  copies?: TenantCopies,
  moved: (reason: string) => void = () => undefined,
): Promise<Omit<TenantParts, 'base'> & { readonly close: () => Promise<void> }> {
  const { settle, debounce, pollInterval, watch } = readReloadOptions(options.reload ?? {});
  const listed = { copies, options, plan, slots: { selectors, settle, debounce }, watching: { pollInterval, watch } };
  const { clock = systemClock, signal } = options;
  const documents =
    typeof layers === 'function'
      ? new AskedDocuments(layers, { clock, missingFor, timeout: plan.timeout, copies })
      : new ListedDocuments(layers, listed);
  const rules = new TenantRules({ plans, ceiling }, listed);
  const close = async (): Promise<void> => {
    await Promise.all([documents.close(), rules.close()]);
    await copies?.close();
  };
  try {
    await Promise.all([documents.start(signal), rules.start(signal, moved)]);
  } catch (error) {
    await close();
    throw error;
  }
  return { documents, rules, copies, close };
}

/** The last known good of tenants, where it is kept. Throws TypeError without a folder for it. */
export function copiesFor(
  { lastKnownGood }: Pick<TenantSources, 'lastKnownGood'>,
  { plan, options, current: { selectors } }: ExaminedBase,
): TenantCopies | undefined {
  if (!lastKnownGood) return undefined;
  const { lastKnownGood: cache, logger = silentLogger, clock = systemClock } = options;
  if (cache !== undefined) return new TenantCopies({ cache, plan, selectors, logger: guardLogger(logger), clock });
  throw new OptionMistake(
    'defineTenants: lastKnownGood needs a folder; give the module the option lastKnownGood: lastKnownGood({ folder }).',
  );
}

export async function examineTenants(
  { plan, options: given, current }: ExaminedBase,
  sources: TenantSources,
): Promise<ExaminedTenants> {
  const options = { ...given, logger: silentLogger };
  const { documents, rules, close } = await openTenants(sources, { plan, options, current });
  const copies = copiesFor(sources, { plan, options, current });
  const builder = new TenantBuilder({ base: { store: { current }, options }, documents, rules });
  const { layers: source } = sources;
  return {
    ids: typeof source === 'function' ? undefined : documents.ids,
    find: async (id) => {
      const inputs = isTenantName(id) ? await builder.inputs(id) : undefined;
      if (inputs === undefined) throw unknownTenant(id, documents.idOf(foldIdentifier(id)));
      // Here there are no earlier settings to continue with.
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
      const own = typeof source === 'function' ? undefined : await source.kept?.(id);
      const isElsewhere = own === undefined && typeof source !== 'function' && documents.ids.includes(id);
      if (copies === undefined || isElsewhere || !(await copies.has(id))) return own;
      return {
        names: [...(own?.names ?? []), copies.folderOf(id)],
        // The document first: a program that serves the tenant would write another copy.
        erase: async () => {
          await own?.erase();
          await copies.erase(id);
        },
      };
    },
    close,
  };
}
