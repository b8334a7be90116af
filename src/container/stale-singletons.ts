import { formatPath, guardLogger, silentLogger, type ConfigLogger } from '../core/index.js';
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

interface Holder {
  readonly name: string;
  readonly index: number;
  /** A consumer may be bound in many containers, which come and go. */
  readonly bindings: WeakRef<PlannedBinding>[];
  readonly known: WeakSet<PlannedBinding>;
  /** Told once: it stays so until the program starts again. */
  told: boolean;
}

interface SectionRead {
  readonly tracker: StaleTracker;
  readonly index: number;
}

/** By the function that gives a section to the container: which section that is. */
const reads = new WeakMap<object, SectionRead>();
const trackers = new WeakMap<ReloadService, StaleTracker>();

/** Begins to look after the singletons that take sections of a store; the answer marks what gives a section. */
export function trackSingletons(
  store: ConfigStore,
  reloads: ReloadService,
  logger: ConfigLogger = silentLogger,
): (read: object, index: number) => void {
  const tracker = new StaleTracker(store, reloads, guardLogger(logger));
  trackers.set(reloads, tracker);
  store.onCommit((current, previous) => {
    tracker.look(current, previous);
  });
  return (read, index) => {
    reads.set(read, { tracker, index });
  };
}

/**
 * The singletons that took a section itself, directly or through a transient dependency, and were left behind by a
 * commit that changed it. Known only in containers with the `ConfigPlugin`. Subpath: `uno-config`.
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
    if (read !== undefined) read.tracker.record(holders, read.index);
    const isSingleton = binding?.scope === 'Singleton';
    if (isSingleton && singletons.has(binding)) return;
    if (isSingleton) singletons.add(binding);
    // What a singleton needs is kept by it and by nobody above it, through the transient ones below it; nodes may be
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

class StaleTracker {
  readonly #store: ConfigStore;
  readonly #reloads: ReloadService;
  readonly #logger: ConfigLogger;
  readonly #holders = new Map<unknown, Map<number, Holder>>();
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
  public record([binding, ...between]: readonly PlannedBinding[], index: number): void {
    const entry = this.#store.current.entries[index];
    if (binding === undefined || entry === undefined) return;
    // Whoever is called with the new section keeps no old one unawares.
    if ([binding, ...between].some(({ implementationType }) => followsSection(implementationType, entry))) return;
    const consumer = binding.implementationType ?? binding.serviceIdentifier;
    let byIndex = this.#holders.get(consumer);
    if (byIndex === undefined) this.#holders.set(consumer, (byIndex = new Map<number, Holder>()));
    let holder = byIndex.get(index);
    if (holder === undefined) {
      const name = nameOf(consumer);
      byIndex.set(index, (holder = { name, index, bindings: [], known: new WeakSet(), told: false }));
    }
    if (holder.told || holder.known.has(binding)) return;
    holder.known.add(binding);
    holder.bindings.push(new WeakRef(binding));
  }

  /** Finds the singletons that exist and took what a commit has just replaced. */
  public look(current: Generation, previous: Generation): void {
    for (const byIndex of this.#holders.values()) {
      for (const [index, holder] of byIndex) {
        if (current.instances[index] === previous.instances[index]) continue;
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

  #tell({ name, index }: Holder, current: Generation): void {
    const entry = current.entries[index];
    if (entry === undefined) return;
    const { target, path } = entry;
    const section = formatPath(path);
    const named = entry.name === undefined ? '' : ` @named('${entry.name}')`;
    const fix = `Inject its monitor: @InjectMonitor(${target.name})${named}.`;
    this.#stale.push(Object.freeze({ consumer: name, section, since: current.number, fix }));
    this.#logger.log({
      level: 'warn',
      event: 'config.singleton.stale',
      message: `${name} is a singleton that keeps the ${target.name} from before generation ${String(current.number)}. ${fix}`,
      fields: { consumer: name, section, generation: current.number, fix },
    });
  }
}

function nameOf(consumer: unknown): string {
  return typeof consumer === 'function' ? consumer.name : String(consumer);
}
