import type { Container } from 'inversify';
import { ConfigError, nearestName, type LogRecord } from '../core/index.js';
import { sectionDeclaration, sectionPathOfName, type SectionClass } from '../sections/index.js';
import { guardModules } from './guard-modules.js';
import { scopesSeenBy } from './loaded-scopes.js';
import { nodesBelow, planNode } from './plan-node.js';
import { parseSectionIdentifier, scopesInjected, sectionIdentifier } from './inject-section.js';
import { secretNotGranted, SECRETS, type BoundSecret, sectionNotBound } from './container-errors.js';
import { parseSecretIdentifier } from './secret-requests.js';
import { recordSingletons } from './stale-singletons.js';
import type { ContainerHome } from './tenants-port.js';

/** What inversify gives a plugin to hook into a container; the part we use. */
interface PluginApi {
  define(name: string, method: (...args: never[]) => unknown): void;
  onPlan(handler: (options: unknown, result: { readonly tree: { readonly root: unknown } }) => void): void;
}

/** Where inversify keeps the bindings of a container; the part we use. */
interface PluginBindings {
  readonly bindingService: { getById(id: unknown): Iterable<object> | undefined };
}

/**
 * An inversify plugin that explains a settings class that is injected but bound by no {@link ConfigModule}: with the
 * class, its consumer and the fix, instead of "No bindings found". In a container with `autobind` it also refuses to
 * construct such a class with nothing but its defaults. It finds the singletons that keep a section of an older
 * generation, for the log and the health report; names the allowed readers of a secret that is not bound for a consumer;
 * warns of scopes that look misspelled; and refuses calls that cannot wait for a module, such as `unbindAll()`.
 * Subpath: `uno-config`.
 *
 * @throws ConfigError `section-not-bound`, `secret-not-granted`, `tenants-not-defined`, `resource-not-listed` and `module-not-named`, from the
 *   container's `get` methods; `async-needed` from `load`, `unload` and `unbindAll`; `module-of-parent` from `unload` and
 *   `unloadAsync`; `restore-refused` from `restore`.
 *
 * @example
 * ```ts
 * const container = new Container();
 * container.register(ConfigPlugin);
 * ```
 */
export class ConfigPlugin {
  readonly #container: Container;
  readonly #home: ContainerHome;

  public constructor(container: Container, { bindingService }: PluginBindings) {
    this.#container = container;
    this.#home = {
      container,
      owns: (binding) => 'id' in binding && [...(bindingService.getById(binding.id) ?? [])].includes(binding),
    };
    // The mark by which inversify knows its plugins; its own base class is in a package that users need not have.
    Object.defineProperty(this, Symbol.for('@inversifyjs/plugin/isPlugin'), { value: true });
  }

  /** Called by `container.register`. */
  public load(api: PluginApi): void {
    const container = this.#container;
    const get = container.get.bind(container);
    const getAll = container.getAll.bind(container);
    const getAsync = container.getAsync.bind(container);
    const getAllAsync = container.getAllAsync.bind(container);
    const secrets = (): readonly BoundSecret[] =>
      getAll<readonly BoundSecret[]>(SECRETS, { chained: true, optional: true }).flat();
    api.define('get', (...args: Parameters<typeof get>) => explained(secrets, () => get(...args)));
    api.define('getAll', (...args: Parameters<typeof getAll>) => explained(secrets, () => getAll(...args)));
    api.define('getAsync', (...args: Parameters<typeof getAsync>) => explained(secrets, () => getAsync(...args)));
    api.define('getAllAsync', (...args: Parameters<typeof getAllAsync>) =>
      explained(secrets, () => getAllAsync(...args)),
    );
    guardModules(container, api.define.bind(api));
    const loadAsync = container.loadAsync.bind(container);
    const settleIn = (): void => {
      const own = scopesSeenBy(container.isCurrentBound.bind(container));
      for (const scope of own) scope.settleIn(this.#home);
    };
    settleIn();
    api.define('loadAsync', async (...modules: Parameters<typeof loadAsync>) => {
      await loadAsync(...modules);
      settleIn();
      this.#warnOfScopes();
    });
    api.onPlan((_, { tree }) => {
      refuseMadeSections(tree.root, undefined, new Set());
      recordSingletons(tree.root);
    });
  }

  /** An injection that names a scope like one that is there would fail at its first `get`, perhaps days later. */
  #warnOfScopes(): void {
    const isBound = (target: SectionClass, scope: string): boolean =>
      this.#container.isBound(sectionIdentifier(target, scope));
    for (const { bound, logger } of scopesSeenBy(this.#container.isCurrentBound.bind(this.#container))) {
      for (const target of new Set(bound.map(({ entry }) => entry.target))) {
        const [known, unknown] = [new Set<string>(), new Set<string>()];
        for (const scope of scopesInjected(target)) (isBound(target, scope) ? known : unknown).add(scope);
        for (const scope of unknown) {
          const nearest = nearestName(scope, known);
          if (nearest !== undefined) logger.log(misspelledScope(target.name, scope, nearest));
        }
      }
    }
  }
}

/** What the modules of a container know of secrets; asked for only when something is missing. */
type KnownSecrets = () => readonly BoundSecret[];

function explained<T>(secrets: KnownSecrets, resolve: () => T): T {
  const rethrow = (error: unknown): never => {
    throw (error instanceof Error ? explanationOf(error, secrets) : undefined) ?? error;
  };
  try {
    const result = resolve();
    return result instanceof Promise ? (result.catch(rethrow) as T) : result;
  } catch (error) {
    return rethrow(error);
  }
}

/** Plans name what is missing, and who needs it, in their message only. */
const NO_BINDINGS =
  /^No bindings found for service: "([^"]+)"\.\s+Trying to resolve bindings for "([^"]+)"(?:[^]*\n- name: (.*))?/;

function misspelledScope(section: string, scope: string, nearest: string): LogRecord {
  return {
    level: 'warn',
    event: 'config.scope.unknown',
    message: `An injection of ${section} names the scope "${scope}", which no loaded module provides. Did you mean "${nearest}"?`,
    fields: { section, scope, nearest },
  };
}

/** Identifiers of what the option `resources` binds, as messages of inversify call them: `ModuleDefinition` names them. */
const OF_RESOURCES = /^Symbol\(uno-config [^<]+<(.+)>\)$/;

function resourceNotListed(name: string, consumer: string | undefined, cause: Error): ConfigError {
  const needed = consumer === undefined ? '' : ` ${consumer} needs it.`;
  return new ConfigError({
    code: 'resource-not-listed',
    message: `No ConfigModule of this container has the resource "${name}".${needed}`,
    recovery: 'Add its definition to the resources of the ConfigModule, and load the module before the first get.',
    cause,
  });
}

/** What only the option `tenants` binds, as messages of inversify call it. */
const OF_TENANTS = new Map([
  ['TenantContainers', 'TenantContainers'],
  ['Symbol(uno-config.tenant)', 'the tenant (@InjectTenant)'],
]);

function tenantsNotDefined(what: string, consumer: string | undefined, cause: Error): ConfigError {
  const needed = consumer === undefined ? '' : ` ${consumer} needs it.`;
  return new ConfigError({
    code: 'tenants-not-defined',
    message: `No ConfigModule of this container has tenants, so it has no binding for ${what}.${needed}`,
    recovery: 'Write ConfigModule.fromOptions({ tenants: defineTenants({ layers: … }) }), and load the module.',
    cause,
  });
}

const AMBIGUOUS = /^Ambiguous bindings found for service: "(ConfigStore|ConfigEvents|ReloadService)"\./;

function explanationOf(error: Error, secrets: KnownSecrets): ConfigError | undefined {
  const [, service] = AMBIGUOUS.exec(error.message) ?? [];
  if (service !== undefined) return severalModules(service, error);
  const [, missing, consumer, name] = NO_BINDINGS.exec(error.message) ?? [];
  if (missing === undefined) return undefined;
  const [, resource] = OF_RESOURCES.exec(missing) ?? [];
  if (resource !== undefined) return resourceNotListed(resource, consumerName(consumer), error);
  const ofTenants = OF_TENANTS.get(missing);
  if (ofTenants !== undefined) return tenantsNotDefined(ofTenants, consumerName(consumer), error);
  const asked = parseSecretIdentifier(missing);
  if (asked !== undefined) {
    const isAsked = ({ section, field }: BoundSecret): boolean => section === asked.section && field === asked.field;
    const known = secrets().filter(isAsked);
    const secret = known.find((one) => (one.name ?? '-') === name) ?? known[0];
    if (secret !== undefined) return secretNotGranted(secret, consumerName(consumer), error);
  }
  const scoped = parseSectionIdentifier(missing);
  const section = (asked ?? scoped)?.section ?? missing.replace(/^Symbol\(SectionMonitor<(.+)>\)$/, '$1');
  const path = sectionPathOfName(section);
  if (path === undefined) return undefined;
  const { scope } = scoped ?? {};
  const named = name === '-' ? undefined : name;
  return sectionNotBound({ section, path, name: named, scope, consumer: consumerName(consumer) }, error);
}

function severalModules(service: string, cause: Error): ConfigError {
  return new ConfigError({
    code: 'module-not-named',
    message: `Several ConfigModules of this container have a ${service} each.`,
    recovery: `Give each module a name of its own with ConfigModule.fromOptions({ name: '…' }), and ask for one by its name, get(${service}, { name: '…' }) or @inject(${service}) @named('…'), or for all of them: getAll(${service}).`,
    cause,
  });
}

function consumerName(consumer: string | undefined): string | undefined {
  return consumer?.includes('Root service') === true ? undefined : consumer;
}

/** A section that the container would construct by itself was autobound: its values would be defaults, whatever is configured. */
function refuseMadeSections(value: unknown, consumer: string | undefined, seen: Set<unknown>): void {
  const node = planNode(value);
  if (node === undefined || seen.has(node)) return;
  seen.add(node);
  const { binding } = node;
  const made = binding?.type === 'Instance' ? binding.implementationType : undefined;
  if (typeof made === 'function') {
    // sectionDeclaration reads metadata, which any class may lack.
    const declared = sectionDeclaration(made as SectionClass);
    if (declared !== undefined) throw sectionNotBound({ section: made.name, path: declared.path, consumer });
  }
  const name = typeof made === 'function' ? made.name : consumer;
  for (const child of nodesBelow(node)) refuseMadeSections(child, name, seen);
}
