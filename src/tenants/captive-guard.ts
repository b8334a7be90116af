import type { Container, GetOptions, ServiceIdentifier } from 'inversify';
import {
  type ContainerHome,
  nodesBelow,
  type PlanNode,
  type PlannedBinding,
  planNode,
  readOf,
} from '../container/index.js';
import { ConfigError } from '../core/index.js';

/** What the guard of a tenant's container knows. */
export interface GuardOptions {
  /** The container of the base. */
  readonly home: ContainerHome;
  /** Classes that may keep what is of the base. */
  readonly allowed: readonly unknown[];
  /** True for a section, by its index, of which tenants may set something. */
  readonly isOpen: (index: number) => boolean;
}

/** What inversify gives a plugin to hook into a container; the part we use. */
interface PluginApi {
  onPlan(handler: (options: Asked, result: { readonly tree: { readonly root: unknown } }) => void): void;
}

/** How something is asked for. */
interface Asked {
  readonly name?: unknown;
  readonly tag?: { readonly key: unknown; readonly value: unknown } | undefined;
}

/** A step from the root of a plan to a node. */
interface Step {
  readonly shown: string;
  readonly binding: PlannedBinding;
  readonly asked: Asked;
}

/**
 * The plugin of a tenant's container that keeps singletons of the base from being made with what is a tenant's: one that
 * would take it is refused, with the path to it; all others are made by the base before the tenant gets them.
 */
export function captiveGuard(options: GuardOptions): new (container: Container) => object {
  return class CaptiveGuard {
    public constructor() {
      // The mark by which inversify knows its plugins.
      Object.defineProperty(this, Symbol.for('@inversifyjs/plugin/isPlugin'), { value: true });
    }

    public load(api: PluginApi): void {
      api.onPlan((asked, { tree }) => {
        const guard = new PlanGuard(options);
        guard.visit(tree.root, asked, []);
        guard.makeInBase();
      });
    }
  };
}

class PlanGuard {
  readonly #options: GuardOptions;
  readonly #seen = new Map<unknown, boolean>();
  /** Singletons of the base, the outermost only. */
  readonly #toMake = new Map<PlannedBinding, Step>();

  public constructor(options: GuardOptions) {
    this.#options = options;
  }

  /** @param above the steps to the node; from the first singleton of the base on, what it would keep */
  public visit(value: unknown, asked: Asked, above: readonly Step[]): void {
    const node = planNode(value);
    if (node === undefined) return;
    const isHeld = above.some(({ binding }) => this.#isOfBase(binding));
    // Once below a singleton of the base and once outside of one: what is asked of a node differs.
    if (this.#seen.get(node) === true || this.#seen.get(node) === isHeld) return;
    this.#seen.set(node, isHeld);
    const { binding } = node;
    const steps = binding === undefined ? above : [...above, { shown: shownBinding(binding), binding, asked }];
    if (binding !== undefined) {
      if (isHeld) this.#refuseCaptive(binding, steps);
      else if (this.#isOfBase(binding) && binding.cache?.isRight !== true) {
        this.#toMake.set(binding, { shown: shownBinding(binding), binding, asked });
      }
    }
    for (const [below, how] of withQuestions(node, asked)) this.visit(below, how, steps);
  }

  /** So that whatever they ask for while they are made is answered by the base. */
  public makeInBase(): void {
    for (const step of this.#toMake.values()) {
      const { binding, asked } = step;
      if (binding.cache?.isRight === true) continue;
      const { container } = this.#options.home;
      // What a plan holds is what the container knows it by.
      const identifier = binding.serviceIdentifier as ServiceIdentifier;
      let failure: Error | undefined;
      try {
        container.get(identifier, questionOf(asked));
      } catch (error) {
        failure = error instanceof Error ? error : undefined;
        // It may only be that it has to be waited for: begun is enough, the tenant waits for the same.
        void container.getAsync(identifier, questionOf(asked)).catch(() => undefined);
      }
      if (!isMade(binding)) throw failure ?? notMade(step);
    }
  }

  #isOfBase(binding: PlannedBinding): boolean {
    return binding.scope === 'Singleton' && this.#options.home.owns(binding);
  }

  #refuseCaptive(binding: PlannedBinding, steps: readonly Step[]): void {
    const { home, isOpen, allowed } = this.#options;
    const section = readOf(binding.value);
    const isTenants = section === undefined ? !home.owns(binding) : isOpen(section.index);
    if (!isTenants) return;
    const first = steps.findIndex((step) => this.#isOfBase(step.binding));
    const path = steps.slice(first);
    if (path.some((step) => allowed.includes(step.binding.implementationType))) return;
    throw captive(path, section !== undefined);
  }
}

/** The nodes below one, each with how it is asked for. */
function withQuestions(node: PlanNode, asked: Asked): readonly (readonly [unknown, Asked])[] {
  const { bindings, constructorParams = [], propertyParams } = node;
  // A service node asks its bindings what it was asked itself.
  if (bindings !== undefined) return nodesBelow(node).map((below) => [below, asked] as const);
  const metadata = planNode(Reflect.get(node, 'classMetadata'));
  const parameters: unknown = metadata && Reflect.get(metadata, 'constructorArguments');
  const properties: unknown = metadata && Reflect.get(metadata, 'properties');
  const known = new Map<unknown, Asked>();
  for (const [at, below] of constructorParams.entries()) {
    known.set(below, questionIn(Array.isArray(parameters) ? (parameters as readonly unknown[])[at] : undefined));
  }
  for (const [key, below] of propertyParams ?? []) {
    known.set(below, questionIn(properties instanceof Map ? properties.get(key) : undefined));
  }
  return nodesBelow(node).map((below) => [below, known.get(below) ?? {}] as const);
}

function questionIn(metadata: unknown): Asked {
  if (typeof metadata !== 'object' || metadata === null) return {};
  const name: unknown = Reflect.get(metadata, 'name');
  const tags: unknown = Reflect.get(metadata, 'tags');
  const [tag] = tags instanceof Map ? [...(tags as ReadonlyMap<unknown, unknown>)] : [];
  return { name, ...(tag !== undefined && { tag: { key: tag[0], value: tag[1] } }) };
}

function questionOf({ name, tag }: Asked): GetOptions {
  // They come from the container's own plan.
  return { ...(name !== undefined && { name }), ...(tag !== undefined && { tag }) } as GetOptions;
}

function isMade({ cache }: PlannedBinding): boolean {
  return cache?.isRight === true;
}

function shownBinding({ implementationType, serviceIdentifier }: PlannedBinding): string {
  const named = implementationType ?? serviceIdentifier;
  return typeof named === 'function' ? named.name : String(named);
}

function captive(path: readonly Step[], isSection: boolean): ConfigError {
  const [holder] = path;
  const name = holder?.shown ?? '';
  return new ConfigError({
    code: 'captive-singleton',
    message: `${name} is a singleton of all tenants and would keep what is of one: ${path.map(({ shown }) => shown).join(' -> ')}.`,
    recovery: isSection
      ? `Inject a monitor, @InjectMonitor(…), which follows the tenant; or bind ${name} in the modules of defineTenants; or declare the section with @TenantScope('system').`
      : `Bind ${name} in the modules of defineTenants, or in transient scope.`,
  });
}

function notMade({ shown }: Step): ConfigError {
  return new ConfigError({
    code: 'captive-singleton',
    message: `${shown} is a singleton of all tenants that the container of the base cannot make.`,
    recovery: 'Get it from the container of the base before the first tenant asks for it.',
  });
}
