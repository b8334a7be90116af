import type { Container } from 'inversify';
import { ConfigError } from '../core/index.js';
import { sectionDeclaration, sectionPathOfName, type SectionClass } from '../sections/index.js';
import { nodesBelow, planNode } from './plan-node.js';
import { recordSingletons } from './stale-singletons.js';

/** What inversify gives a plugin to hook into a container; the part we use. */
interface PluginApi {
  define(name: string, method: (...args: never[]) => unknown): void;
  onPlan(handler: (options: unknown, result: { readonly tree: { readonly root: unknown } }) => void): void;
}

/**
 * An inversify plugin that explains a settings class that is injected but bound by no {@link ConfigModule}: with the
 * class, who needs it, and the fix, instead of "No bindings found". In a container with `autobind` it also refuses to
 * make such a class with nothing but its defaults. And it finds the singletons that keep a section of an older
 * generation, for the log and the health report. Subpath: `uno-config`.
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
      recordSingletons(tree.root);
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
    if (declared !== undefined) throw notBound(made.name, declared.path, consumer);
  }
  const name = typeof made === 'function' ? made.name : consumer;
  for (const child of nodesBelow(node)) refuseMadeSections(child, name, seen);
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
