import type { Container } from 'inversify';
import { ConfigError } from '../core/index.js';
import { sectionDeclaration, sectionPathOfName, type SectionClass } from '../sections/index.js';

/** What inversify gives a plugin to hook into a container; the part we use. */
interface PluginApi {
  define(name: string, method: (...args: never[]) => unknown): void;
  onPlan(handler: (options: unknown, result: { readonly tree: { readonly root: unknown } }) => void): void;
}

/**
 * An inversify plugin that explains a settings class that is injected but bound by no {@link ConfigModule}: with the
 * class, who needs it, and the fix, instead of "No bindings found". In a container with `autobind` it also refuses to
 * make such a class with nothing but its defaults. Subpath: `uno-config`.
 *
 * @throws ConfigError `section-not-bound`, from the container's `get` methods.
 *
 * @example
 * ```ts
 * const container = new Container();
 * container.register(ConfigPlugin);
 * ```
 */
export class ConfigPlugin {
  readonly #container: Container;

  public constructor(container: Container) {
    this.#container = container;
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
    api.define('get', (...args: Parameters<typeof get>) => explained(() => get(...args)));
    api.define('getAll', (...args: Parameters<typeof getAll>) => explained(() => getAll(...args)));
    api.define('getAsync', (...args: Parameters<typeof getAsync>) => explained(() => getAsync(...args)));
    api.define('getAllAsync', (...args: Parameters<typeof getAllAsync>) => explained(() => getAllAsync(...args)));
    api.onPlan((_, { tree }) => {
      refuseMadeSections(tree.root, undefined, new Set());
    });
  }
}

function explained<T>(resolve: () => T): T {
  try {
    const result = resolve();
    return result instanceof Promise ? (result.catch(rethrow) as T) : result;
  } catch (error) {
    return rethrow(error);
  }
}

/** Plans name what is missing, and who needs it, in their message only. */
const NO_BINDINGS = /^No bindings found for service: "([^"]+)"\.\s+Trying to resolve bindings for "([^"]+)"/;

function rethrow(error: unknown): never {
  if (error instanceof Error) {
    const [, missing, consumer] = NO_BINDINGS.exec(error.message) ?? [];
    const section = missing?.replace(/^Symbol\(SectionMonitor<(.+)>\)$/, '$1');
    const path = section === undefined ? undefined : sectionPathOfName(section);
    if (section !== undefined && path !== undefined) throw notBound(section, path, consumer, error);
  }
  throw error;
}

interface PlanNode {
  readonly bindings?: unknown;
  readonly binding?: { readonly type?: unknown; readonly implementationType?: unknown };
  readonly constructorParams?: readonly unknown[];
  readonly propertyParams?: ReadonlyMap<unknown, unknown>;
}

/** A section that the container would construct by itself was autobound: its values would be defaults, whatever is configured. */
function refuseMadeSections(node: unknown, consumer: string | undefined, seen: Set<unknown>): void {
  if (typeof node !== 'object' || node === null || seen.has(node)) return;
  seen.add(node);
  // A plan's nodes are service nodes with bindings, or binding nodes with a binding and its parameters.
  const { bindings, binding, constructorParams = [], propertyParams } = node as PlanNode;
  const made = binding?.type === 'Instance' ? binding.implementationType : undefined;
  if (typeof made === 'function') {
    // sectionDeclaration reads metadata, which any class may lack.
    const declared = sectionDeclaration(made as SectionClass);
    if (declared !== undefined) throw notBound(made.name, declared.path, consumer);
  }
  const name = typeof made === 'function' ? made.name : consumer;
  const services: readonly unknown[] = Array.isArray(bindings) ? bindings : [bindings];
  const below: readonly unknown[] = [...services, ...constructorParams, ...(propertyParams?.values() ?? [])];
  for (const child of below) refuseMadeSections(child, name, seen);
}

function notBound(section: string, path: string, consumer: string | undefined, cause?: Error): ConfigError {
  const needed = consumer === undefined || consumer.includes('Root service') ? '' : ` ${consumer} needs it.`;
  return new ConfigError({
    code: 'section-not-bound',
    category: 'lifecycle',
    message: `No ConfigModule of this container binds ${section}, the settings at "${path}".${needed}`,
    recovery: `Add ${section} to the sections of the ConfigModule, and load the module with "await container.loadAsync(…)" before the first get.`,
    ...(cause !== undefined && { cause }),
  });
}
