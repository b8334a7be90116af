import { ContainerModule, inject, type ResolutionContext } from 'inversify';
import { monitorIdentifier } from '../../container/index.js';
import { option, readOptions, type OptionKinds } from '../../core/index.js';
import {
  ConfigEvents,
  ReloadService,
  section,
  sectionEntries,
  type DomainChangeListener,
  type ReloadOutcome,
  type SectionEntry,
  type SectionInput,
  type SectionMonitor,
  type SectionStatus,
} from '../../runtime/index.js';
import type { EntityStrategies, PersistenceStrategy } from './entity-settings.js';

/** What {@link DomainModule} takes. */
export interface DomainOptions<N extends string> {
  /** The name of the domain, which its sections have from here unless they declare the same one. */
  readonly domain: string;
  /** The sections of the domain. */
  readonly sections: readonly SectionInput[];
  /** The settings of its entities: a class that extends `entitySettings(…)`, or a use of one. */
  readonly entities?: SectionInput<EntityStrategies<N>>;
}

const OPTIONS = {
  domain: option.required(option.name),
  sections: option.required(option.list),
  entities: option.anything,
} satisfies OptionKinds<DomainOptions<string>>;

/** The settings of one part of the business while the program runs. Inject it with `@InjectDomain`; subpath: `uno-config/domains`. */
export interface Domain<N extends string = string> {
  readonly name: string;
  /** Its sections, and in which generation each changed last. */
  readonly sections: readonly SectionStatus[];
  /**
   * How the rows of an entity are read and written, as the settings are now; of the tenant that the code runs for where
   * there are tenants.
   *
   * @throws TypeError for an entity that the settings do not name, and for a domain without entities.
   */
  strategy(entity: N): PersistenceStrategy;
  /**
   * Calls back after every commit that changed sections of the domain, until the answer is called.
   *
   * @throws TypeError when the listener is no function.
   */
  onChange(listener: DomainChangeListener): () => void;
  /**
   * Reads the sources again that provide settings to the domain, see `ReloadService.reload`: they are committed with all
   * others, or not at all.
   */
  reload(reason: string): Promise<ReloadOutcome>;
}

/** A typed service identifier. At run time it is a symbol. */
export type DomainIdentifier<N extends string> = symbol & (abstract new (...never: never[]) => Domain<N>);

/**
 * The sections and entities of one part of the business, as its folder exports them: give {@link sections} to the
 * `ConfigModule`, and load this module beside it, so that `@InjectDomain` finds the {@link Domain}. Subpath:
 * `uno-config/domains`.
 *
 * @example
 * ```ts
 * class SalesEntities extends entitySettings('order', 'customer') {}
 * const entities = section(SalesEntities, { path: 'sales.entities' });
 * const sales = DomainModule.fromOptions({ domain: 'sales', sections: [PricingSettings], entities });
 *
 * const container = new Container();
 * await container.loadAsync(
 *   ConfigModule.fromOptions({ sections: [...sales.sections, HttpSettings], sources: [configFolder('config')] }),
 *   sales,
 * );
 * const { batchSize } = container.get(sales.identifier).strategy('order');
 * ```
 */
export class DomainModule<N extends string = never> extends ContainerModule {
  public readonly domain: string;
  /** All sections of the domain, its entities included: for the `sections` of a `ConfigModule`. */
  public readonly sections: readonly SectionEntry[];
  /** What the {@link Domain} is bound to. */
  public readonly identifier: DomainIdentifier<N>;

  private constructor(domain: string, sections: readonly SectionEntry[], entities: SectionEntry | undefined) {
    // The symbol is typed as an abstract class, which cannot be instantiated, so the cast is safe.
    const identifier = Symbol(`Domain<${domain}>`) as DomainIdentifier<N>;
    super(({ bind }) => {
      bind(identifier)
        .toDynamicValue((context) => domainIn(context, domain, entities))
        .inTransientScope();
    });
    this.domain = domain;
    this.sections = Object.freeze(sections);
    this.identifier = identifier;
  }

  /**
   * A module of sections and entities.
   *
   * @throws TypeError naming an option that cannot be used, or a section that declares another domain.
   */
  public static fromOptions<N extends string = never>(options: DomainOptions<N>): DomainModule<N> {
    const { domain } = readOptions('DomainModule.fromOptions', options, OPTIONS);
    const of = (input: SectionInput): SectionEntry => {
      const [entry] = sectionEntries([input]);
      if (entry?.domain === domain) return entry;
      const { target, path, name, domain: other } = entry ?? section(Object);
      if (other !== undefined) {
        throw new TypeError(
          `DomainModule.fromOptions: ${target.name} is of the domain "${other}", not of "${domain}".`,
        );
      }
      return section(target, { path: path.join('.'), domain, ...(name !== undefined && { name }) });
    };
    const entities = options.entities === undefined ? undefined : of(options.entities);
    const sections = options.sections.map(of);
    return new DomainModule<N>(domain, entities === undefined ? sections : [...sections, entities], entities);
  }
}

function domainIn<N extends string>(
  context: ResolutionContext,
  name: string,
  entities: SectionEntry | undefined,
): Domain<N> {
  const reloads = context.get(ReloadService);
  const events = context.get(ConfigEvents);
  // It extends the class from entitySettings, as the options require.
  const monitor =
    entities &&
    (context.get(
      monitorIdentifier(entities.target),
      entities.name === undefined ? {} : { name: entities.name },
    ) as SectionMonitor<EntityStrategies<N>>);
  return Object.freeze<Domain<N>>({
    name,
    get sections() {
      return reloads.sections().filter(({ domain }) => domain === name);
    },
    strategy: (entity) => {
      if (monitor === undefined) throw new TypeError(`strategy(entity): the domain "${name}" has no entities.`);
      return monitor.current.strategy(entity);
    },
    onChange: (listener) => events.onDomain(name, listener),
    reload: async (reason) => reloads.reload(reason, { domain: name }),
  });
}

/**
 * Injects the {@link Domain} of a {@link DomainModule} into a constructor parameter or property. Subpath:
 * `uno-config/domains`.
 *
 * @throws TypeError when `module` is no `DomainModule`.
 *
 * @example
 * ```ts
 * const sales = DomainModule.fromOptions({ domain: 'sales', sections: [PricingSettings] });
 *
 * @injectable()
 * class Quotes {
 *   constructor(@InjectDomain(sales) private readonly domain: Domain) {}
 * }
 * ```
 */
export function InjectDomain(module: DomainModule<string>): MethodDecorator & ParameterDecorator & PropertyDecorator {
  // Decorators run while modules load: in a circular import the module is still undefined, whatever its type.
  if (!((module as unknown) instanceof DomainModule)) {
    throw new TypeError(
      'InjectDomain(module): give what DomainModule.fromOptions(…) gives. One that is imported in a circle is not there yet.',
    );
  }
  return inject(module.identifier);
}
