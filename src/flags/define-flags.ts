import { environmentKind, option, readOptions, type OptionKinds } from '../core/index.js';
import { ModuleDefinition, type Handles, type OpenResource, type ResourceHost } from '../container/index.js';
import type { Generation, SectionInScope, SectionTarget } from '../runtime/index.js';
import { callAll, FlagSources } from './flag-sources.js';
import type { DefinedFlags } from './defined-flags.js';
import type { FlagContext, FlagEngine } from './engine.js';
import { Exposures, EXPOSURES, type ExposureOptions } from './exposures.js';
import { allDeclarations, declarationsOf, type FlagClass, type FlagDeclaration } from './flag.js';
import { classIdentifier, injectedKeys, keyIdentifier } from './flag-identifiers.js';
import { FlagRuns } from './flag-runs.js';
import { changedKeys, FlagSet } from './flag-set.js';
import type { FlagSettings } from './flag-settings.js';
import { loadEngine } from './load-engine.js';
import { contextOf, originIn } from './program-context.js';
import { refuseMismatches, reportUndeclared } from './flag-mismatch.js';
import type { FlagsChanged } from './flags.js';
import { LiveFlags, type FlagsWorld } from './live-flags.js';

/** What {@link defineFlags} takes. */
export interface FlagsOptions {
  /** The section with the definitions. */
  readonly from: SectionTarget<FlagSettings>;
  /** The classes that declare flags with {@link Flag}; each may be injected. */
  readonly flags?: readonly FlagClass[];
  /** What rules see whoever asks, such as the version of the program; over the environment, region, zone, deployment and cohort. */
  readonly context?: FlagContext | (() => FlagContext);
  /** Where it is reported who met which variant; nowhere when absent. */
  readonly exposures?: ExposureOptions;
  /** Names it in errors and logs; default: `flags`. */
  readonly name?: string;
  /** Gives the package `@openfeature/flagd-core`; default: it is imported by its name, when a flag has a rule. */
  readonly driver?: () => FlagEngine | Promise<FlagEngine>;
}

/** What {@link defineFlags} gives; list it in the `resources` of a module. Subpath: `uno-config/flags`. */
export class FlagsDefinition extends ModuleDefinition {
  declare public readonly kind: 'flags';
  public readonly others: readonly symbol[];

  /** Made by `defineFlags`. */
  public constructor(name: string, options: FlagsOptions) {
    const { from, flags = [] } = options;
    const declared = declaredIn(flags);
    super({ kind: 'flags', name, from: [from], open: (host) => openFlags(this, options, declared, host) });
    this.others = Object.freeze([
      ...flags.map((target) => classIdentifier(target, 'defineFlags')),
      ...[...declared.keys()].map(keyIdentifier),
    ]);
    Object.freeze(this);
  }
}

function openFlags(
  { name, identifier }: FlagsDefinition,
  options: FlagsOptions,
  declared: ReadonlyMap<string, FlagDeclaration>,
  host: ResourceHost,
): OpenResource {
  const { from, flags: classes = [], driver, exposures } = options;
  let engine: FlagEngine | undefined;
  let latest: Generation | undefined;
  // What it prepares is what the host gives.
  const base = (): FlagSet => host.value() as FlagSet;
  const ofTenants = new WeakMap<object, FlagSet>();
  const setOf: FlagsWorld['set'] = (tenant) => {
    const settings = tenant?.read(from);
    const ofBase = base();
    if (settings === undefined || settings === ofBase.defined) return ofBase;
    let set = ofTenants.get(settings);
    // The section of a tenant is made from the same class.
    if (set === undefined) ofTenants.set(settings, (set = new FlagSet(settings as FlagSettings, engine, ofBase)));
    return set;
  };
  const changes = new Set<(change: FlagsChanged) => void>();
  const sources = new FlagSources(host, placed(from));
  const world: FlagsWorld = {
    name,
    ...{ declared, changes, logger: host.logger, clock: host.clock },
    runs: new FlagRuns(),
    exposures: exposures && new Exposures(exposures, host.logger),
    engine: () => engine,
    set: setOf,
    base: contextOf(options.context, () => latest),
    originOf: (key, field, tenant) => {
      const generation = tenant === undefined ? latest : tenant.generation(from);
      return generation && originIn(generation, placed(from), key, field);
    },
    isProduction: () => latest === undefined || environmentKind(latest.selectors) === 'production',
    state: () => sources.state,
    states: sources.listeners,
    asked: new Map(),
  };
  reportUndeclared(name, injectedKeys, allDeclarations(), host.logger);
  const live = new LiveFlags(world, host.tenant);
  return {
    handle: live,
    others: handlesOf(live, classes, declared),
    ofTenant: (tenant) => {
      const own = new LiveFlags(world, () => tenant);
      return new Map<symbol, unknown>([[identifier, own], ...handlesOf(own, classes, declared)]);
    },
    prepare: async ({ sections, next }) => {
      // The one section that it is made from.
      const settings = sections[0] as FlagSettings;
      refuseMismatches(name, settings, declared);
      engine ??= await loadEngine(settings, host.hasTenants, driver);
      const before = host.value() as FlagSet | undefined;
      const set = new FlagSet(settings, engine);
      const changed = before === undefined ? undefined : changedKeys(before.defined, settings);
      if (before !== undefined && changed !== undefined) set.takeOver(before, changed);
      let told: DefinedFlags | undefined = before?.defined;
      return {
        value: set,
        committed: () => {
          latest = next;
          const keys = told === undefined || told === settings ? changed : changedKeys(told, settings);
          told = settings;
          if (keys !== undefined && keys.size > 0) callAll(changes, { keys: [...keys] }, host.logger);
        },
      };
    },
  };
}

function declaredIn(classes: readonly FlagClass[]): ReadonlyMap<string, FlagDeclaration> {
  const declared = new Map<string, FlagDeclaration>();
  for (const declaration of new Set(classes.flatMap((target) => declarationsOf(target, 'defineFlags: flags')))) {
    const { key, className, property } = declaration;
    const known = declared.get(key);
    if (known !== undefined) {
      throw new TypeError(
        `defineFlags: flags: ${known.className}.${known.property} and ${className}.${property} both declare "${key}"; declare it once, and ask for it in both places.`,
      );
    }
    declared.set(key, declaration);
  }
  return declared;
}

function handlesOf(
  live: LiveFlags,
  classes: readonly FlagClass[],
  declared: ReadonlyMap<string, FlagDeclaration>,
): Handles {
  return new Map<symbol, unknown>([
    ...classes.map((target) => [classIdentifier(target, 'defineFlags'), live.of(target)] as const),
    ...[...declared.values()].map((declaration) => [keyIdentifier(declaration.key), live.handle(declaration)] as const),
  ]);
}

function placed(section: SectionTarget): SectionInScope {
  return typeof section === 'object' ? section : { target: section };
}

const OPTIONS = {
  from: option.required(option.section),
  flags: option.list,
  context: option.either(option.map, option.callback),
  exposures: option.options(EXPOSURES),
  name: option.or(option.name, 'flags'),
  driver: option.callback,
} satisfies OptionKinds<FlagsOptions>;

/**
 * Flags whose definitions are settings: evaluated at each read, replaced key by key when the settings change. Subpath:
 * `uno-config/flags`.
 *
 * @throws TypeError naming an option that cannot be used, a class without flags, or two that declare one key. From
 *   `container.loadAsync`: ConfigError `driver-not-installed`, `rule-engine-refused`, and `flag-type-mismatch` for a
 *   definition whose variants are of another type than the class says.
 *
 * @example
 * ```ts
 * class CheckoutFlags {
 *   @Flag({ key: 'new-checkout', default: false }) readonly newCheckout!: boolean;
 * }
 * const features = defineFlags({ from: FlagSettings, flags: [CheckoutFlags] });
 * ```
 */
export function defineFlags(options: FlagsOptions): FlagsDefinition {
  const { name } = readOptions('defineFlags', options, OPTIONS);
  return new FlagsDefinition(name, options);
}
