import type { ContainerModule, ContainerOptions } from 'inversify';
import { countTenants, type HomeScope, type RunningTenants, type TenantsBase } from '../container/index.js';
import {
  type ConfigSource,
  option,
  OptionMistake,
  readOptions,
  silentLogger,
  type OptionKinds,
  type OptionValues,
  type TimeSpan,
} from '../core/index.js';
import { isOpenToTenants, policyOf, type TenantParts, type TenantsDefinition } from '../runtime/index.js';
import type { ByteSize } from '../sections/index.js';
import type { TenantLoader } from './asked-documents.js';
import { copiesFor, examineTenants, type ExaminedBase, openTenants } from './examine-tenants.js';
import { TENANT } from './inject-tenant.js';
import { tenantView, type LiveTenant } from './live-tenant.js';
import type { Tenant } from './tenant.js';
import { TenantChildren, TenantScope } from './tenant-children.js';
import { TenantContainers } from './tenant-containers.js';
import { TenantContext } from './tenant-context.js';
import { notSet } from './tenant-errors.js';
import { TenantSettings } from './tenant-settings.js';

/** How much is kept of tenants; beyond it the least recently used is released, and rebuilt when it is needed. */
export interface TenantLimit {
  /** Containers; a whole number from 1 on, default 200. Those with a lease are kept besides. */
  readonly containers?: number;
  /** Tenants whose settings are made; a whole number from 1 on, default 10,000. */
  readonly tenants?: number;
  /** The room of their settings, estimated; a size with a unit, default `64MiB`. */
  readonly bytes?: string | ByteSize;
}

/** What {@link defineTenants} takes. */
export interface TenantsOptions {
  /**
   * The documents of tenants, by id: `tenantFolder(…)`, `tenantFile(…)`, a source of documents of your own; or a function
   * that is asked for one at a time.
   */
  readonly layers: ConfigSource | TenantLoader;
  /** The settings of plans, by name: below the tenants that name them. Documents as those of tenants. */
  readonly plans?: ConfigSource;
  /** Limits for all tenants, above their settings and plans: `$force`, `$min`, `$max`, `$oneOf` in place of values. */
  readonly ceiling?: ConfigSource;
  /** What live handles of the base read outside of any tenant: `throw` (default) refuses, `base` reads the base. */
  readonly outside?: 'throw' | 'base';
  /** Modules to load in the container of each tenant; a module object serves one container, so make them here. */
  readonly modules?: (tenant: Tenant) => readonly ContainerModule[];
  readonly limit?: TenantLimit;
  /**
   * Whether a start while the source of `layers` is out of reach goes on with the documents that tenants were last served
   * from, kept on disk below the folder of the module's `lastKnownGood`, which it needs; default `false`.
   */
  readonly lastKnownGood?: boolean;
  /** How long it is remembered that there is no tenant of a name, of documents that are asked for; default `30s`. */
  readonly missingFor?: TimeSpan;
  /** Singletons of the base that may keep settings of the base, because they work for no tenant. */
  readonly allowCaptive?: readonly (abstract new (...given: never[]) => object)[];
  /** As `new Container` takes them, for the containers of tenants: they inherit neither. */
  readonly defaultScope?: ContainerOptions['defaultScope'];
  readonly autobind?: boolean;
}

const USUAL_LIMIT = { containers: 200, tenants: 10_000, bytes: 64 * 1024 * 1024 };
const LIMIT = {
  containers: option.or(option.count(), USUAL_LIMIT.containers),
  tenants: option.or(option.count(), USUAL_LIMIT.tenants),
  bytes: option.or(option.size, USUAL_LIMIT.bytes),
} satisfies OptionKinds<TenantLimit>;

const OPTIONS = {
  layers: option.required(option.either(option.callback, option.source)),
  plans: option.source,
  ceiling: option.source,
  outside: option.or(option.oneOf('throw', 'base'), 'throw'),
  modules: option.callback,
  limit: option.or(option.options<TenantLimit, typeof LIMIT>(LIMIT), USUAL_LIMIT),
  lastKnownGood: option.or(option.flag, false),
  missingFor: option.or(option.span, 30_000),
  allowCaptive: option.listOf(option.callback),
  defaultScope: option.oneOf('Singleton', 'Transient', 'Request'),
  autobind: option.flag,
} satisfies OptionKinds<TenantsOptions>;

/**
 * Several tenants of one application: each has the settings of the module, with a document of its own over them. For the
 * option `tenants` of a `ConfigModule`; the container then gives {@link TenantContainers}. Subpath: `uno-config/tenants`.
 *
 * @throws TypeError naming an option that cannot be used.
 * @throws ConfigError from `container.loadAsync`: of the sources, `invalid-ceiling`.
 *
 * @example
 * ```ts
 * const container = new Container();
 * container.register(ConfigPlugin);
 * await container.loadAsync(
 *   ConfigModule.fromOptions({
 *     sections: [HttpSettings],
 *     sources,
 *     tenants: defineTenants({ layers: tenantFolder('config/tenants') }),
 *   }),
 * );
 * ```
 */
export function defineTenants(options: TenantsOptions): TenantsDefinition {
  const read = readOptions('defineTenants', options, OPTIONS);
  for (const name of ['layers', 'plans', 'ceiling'] as const) {
    const source = read[name];
    if (typeof source !== 'object' || policyOf(source)?.lastKnownGood !== true) continue;
    throw new OptionMistake(
      `defineTenants: ${name} must not have the option lastKnownGood of withRecovery; ` +
        'write defineTenants({ layers, lastKnownGood: true }), which keeps the document of each tenant.',
    );
  }
  return Object.freeze({
    start: async (base: TenantsBase) => startTenants(base, read),
    examine: async (base: ExaminedBase) => examineTenants(base, read),
    parts: partsOf(options),
    over: (parts: TenantParts) => defineTenants({ ...options, ...parts }),
  });
}

function partsOf({ layers, plans, ceiling }: TenantsOptions): TenantParts {
  return Object.freeze({
    ...(typeof layers === 'object' && { layers }),
    ...(plans !== undefined && { plans }),
    ...(ceiling !== undefined && { ceiling }),
  });
}

type ReadOptions = OptionValues<TenantsOptions, typeof OPTIONS>;

async function startTenants(base: TenantsBase, read: ReadOptions): Promise<RunningTenants> {
  const { store, plan, options } = base;
  const { limit } = read;
  const { logger = silentLogger } = options;
  const ground = { plan, options, current: store.current };
  const copies = copiesFor(read, ground);
  const { documents, rules, close } = await openTenants(read, ground, copies, (reason) => {
    settings.fallBehind('all', reason);
  });
  const isOpen = plan.entries.map(({ path }) => isOpenToTenants(plan, path));
  const context = new TenantContext({
    base: store,
    isRefused: (index) => read.outside === 'throw' && isOpen[index] === true,
  });
  plan.gate.follow(() => context.current?.id);
  const settings: TenantSettings = new TenantSettings({
    base,
    documents,
    rules,
    copies,
    limit: { count: limit.tenants, bytes: limit.bytes },
    gone: ({ id }: LiveTenant) => void children.evict(id),
  });
  let home: HomeScope | undefined;
  const children: TenantChildren = new TenantChildren({
    settings,
    context,
    scope: () => {
      if (home === undefined) throw new RangeError('The module of the tenants is not loaded.');
      return home;
    },
    modules: read.modules,
    container: {
      ...(read.defaultScope !== undefined && { defaultScope: read.defaultScope }),
      ...(read.autobind === true && { autobind: true }),
    },
    limit: { count: limit.containers, bytes: Infinity },
    guard: { allowed: read.allowCaptive ?? [], isOpen: (index) => isOpen[index] === true },
    logger,
  });
  const tenants = new TenantContainers({ settings, children, context, documents, rules, copies });
  countTenants(base.reloads, () => {
    const { known, live, quarantined } = tenants.stats();
    return Object.freeze({ known, live, quarantined });
  });
  const current = currentTenant(context);
  return {
    live: context,
    bind: ({ bind }, scope) => {
      home = scope;
      bind(TenantContainers).toConstantValue(tenants);
      // Asked of the scope, so that the container of a tenant binds nothing but that: a second binding costs as much as the first.
      bind(TENANT)
        .toDynamicValue((context) => {
          const asked = scope.in(context);
          return asked instanceof TenantScope ? asked.tenant : current;
        })
        .inTransientScope();
    },
    close: async () => {
      await children.close();
      // A caller that waits for a document gets an error, because none will come.
      await Promise.all([settings.close(), close()]);
    },
  };
}

/** The tenant that the calling code runs for. */
function currentTenant(context: TenantContext): Tenant {
  const live = (): LiveTenant => {
    if (context.current === undefined) throw notSet('The tenant');
    return context.current;
  };
  return tenantView(
    () => live().id,
    () => live().tenant,
  );
}
