import { formatPath, getOrInsert, type ConfigLogger } from '../core/index.js';
import type { ConfigStore, Generation, ReloadService } from '../runtime/index.js';
import { followsSection } from './on-config-change.js';
import { nodesBelow, planNode, type PlannedBinding } from './plan-node.js';

/** A singleton that works with a section of an older generation. */
export interface StaleSingleton {
  /** The consumer's class, or the name of its service. */
  readonly consumer: string;
  /** Where the section sits: canonical dotted path. */
  readonly section: string;
  /** The number of the generation that changed the section and left the consumer behind. */
  readonly since: number;
  /** What to write instead. */
  readonly fix: string;
}

/** A section of a store: the shared one, or that of a module or component. */
export interface KeptSection {
  readonly tracker: StaleTracker;
  readonly index: number;
  readonly scope?: string;
}

interface Holder {
  readonly name: string;
  readonly section: KeptSection;
  /** A consumer may be bound in many containers, which come and go. */
  readonly bindings: WeakRef<PlannedBinding>[];
  readonly known: WeakSet<PlannedBinding>;
  /** Logged once: it stays stale until the program restarts. */
  told: boolean;
}

/** By the function that gives a section to the container: which section that is, once it is asked for. */
const reads = new WeakMap<object, () => KeptSection>();
const trackers = new WeakMap<ReloadService, StaleTracker>();

/** Begins to look after the singletons that take sections of a store. */
export function trackSingletons(store: ConfigStore, reloads: ReloadService, logger: ConfigLogger): StaleTracker {
  const tracker = new StaleTracker(store, reloads, logger);
  trackers.set(reloads, tracker);
  store.onCommit((current, previous) => {
    tracker.look(current, previous);
  });
  return tracker;
}

export function markRead(read: object, find: () => KeptSection): void {
  reads.set(read, find);
}

/** The section that a function gives to a container; `undefined` for one that gives none. */
export function readOf(read: unknown): KeptSection | undefined {
  return typeof read === 'function' ? reads.get(read)?.() : undefined;
}

/**
 * The singletons that took a section itself, directly or through a transient dependency, and were left behind by a
 * commit that changed it. Known only in containers with the `ConfigPlugin`. Subpath: `uno-config/observability`.
 *
 * @example
 * ```ts
 * for (const { consumer, fix } of staleSingletons(container.get(ReloadService))) report(consumer, fix);
 * ```
 */
export function staleSingletons(reloads: ReloadService): readonly StaleSingleton[] {
  return trackers.get(reloads)?.stale ?? [];
}

/** Records the singletons of a plan that take a section. */
export function recordSingletons(root: unknown): void {
  const singletons = new Set<PlannedBinding>();
  const visit = (value: unknown, holders: readonly PlannedBinding[], seen: Set<unknown>): void => {
    const node = planNode(value);
    if (node === undefined || seen.has(node)) return;
    seen.add(node);
    const { binding } = node;
    const read = typeof binding?.value === 'function' ? reads.get(binding.value) : undefined;
    const section = read?.();
    section?.tracker.record(holders, section);
    const isSingleton = binding?.scope === 'Singleton';
    if (isSingleton && singletons.has(binding)) return;
    if (isSingleton) singletons.add(binding);
    // A singleton keeps what it needs through the transient ones below it; consumers above it keep nothing. Nodes may be
    // shared with other consumers.
    const kept = isSingleton
      ? [binding]
      : binding === undefined || holders.length === 0
        ? holders
        : [...holders, binding];
    for (const below of nodesBelow(node)) visit(below, kept, isSingleton ? new Set() : seen);
  };
  visit(root, [], new Set());
}

export class StaleTracker {
  readonly #store: ConfigStore;
  readonly #reloads: ReloadService;
  readonly #logger: ConfigLogger;
  /** By consumer, then by section. */
  readonly #holders = new Map<unknown, Map<string, Holder>>();
  readonly #stale: StaleSingleton[] = [];

  public constructor(store: ConfigStore, reloads: ReloadService, logger: ConfigLogger) {
    this.#store = store;
    this.#reloads = reloads;
    this.#logger = logger;
  }

  public get stale(): readonly StaleSingleton[] {
    return [...this.#stale];
  }

  /** @param holders the singleton, and what lies between it and the section */
  public record([binding, ...between]: readonly PlannedBinding[], section: KeptSection): void {
    const { index, scope } = section;
    const entry = this.#store.current.entries[index];
    if (binding === undefined || entry === undefined) return;
    // A consumer that is called with the new section does not keep an old one by mistake.
    const { target, name } = entry;
    const follows = ({ implementationType }: PlannedBinding): boolean =>
      followsSection(implementationType, { target, name, scope });
    if ([binding, ...between].some(follows)) return;
    const consumer = binding.implementationType ?? binding.serviceIdentifier;
    const bySection = getOrInsert(this.#holders, consumer, () => new Map());
    const holder = getOrInsert(bySection, `${String(index)} ${scope ?? ''}`, () => {
      return { name: nameOf(consumer), section, bindings: [], known: new WeakSet(), told: false };
    });
    if (holder.told || holder.known.has(binding)) return;
    holder.known.add(binding);
    holder.bindings.push(new WeakRef(binding));
  }

  /** Finds the singletons that exist and took what a commit has just replaced. */
  public look(current: Generation, previous: Generation): void {
    for (const bySection of this.#holders.values()) {
      for (const holder of bySection.values()) {
        if (instanceIn(current, holder) === instanceIn(previous, holder)) continue;
        if (holder.told || !this.#isLeftBehind(holder)) continue;
        holder.told = true;
        holder.bindings.length = 0;
        this.#tell(holder, current);
      }
    }
  }

  /** Whether a binding has made its singleton (a plan alone makes nothing), and that is not asked before every commit. */
  #isLeftBehind({ bindings }: Holder): boolean {
    return bindings.some((reference) => {
      const cache = reference.deref()?.cache;
      return cache?.isRight === true && !this.#reloads.isDependant(cache.value);
    });
  }

  #tell({ name, section: { index, scope } }: Holder, current: Generation): void {
    const entry = current.entries[index];
    if (entry === undefined) return;
    const { target, path } = entry;
    const section = formatPath(path);
    const named = entry.name === undefined ? '' : ` @named('${entry.name}')`;
    const scoped = scope === undefined ? '' : `, { scope: '${scope}' }`;
    const fix = `Inject its monitor: @InjectMonitor(${target.name}${scoped})${named}.`;
    this.#stale.push(Object.freeze({ consumer: name, section, since: current.number, fix }));
    this.#logger.log({
      level: 'warn',
      event: 'config.singleton.stale',
      message: `${name} is a singleton that keeps the ${target.name} from before generation ${String(current.number)}. ${fix}`,
      fields: { consumer: name, section, generation: current.number, fix },
    });
  }
}

function instanceIn(generation: Generation, { section: { index, scope } }: Holder): unknown {
  return (scope === undefined ? generation : generation.view(scope)).instanceAt(index);
}

function nameOf(consumer: unknown): string {
  return typeof consumer === 'function' ? consumer.name : String(consumer);
}
