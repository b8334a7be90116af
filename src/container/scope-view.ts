import type { ConfigStore, Generation, SectionListener, SectionMonitor } from '../runtime/index.js';

/** What a module of an application, or a component of one, sees of a store's current generation. */
export class ScopeView {
  readonly #store: ConfigStore;
  readonly #path: string;
  /** Found once for each generation. */
  #seen: { readonly of: Generation; readonly view: Generation } | undefined;

  public constructor(store: ConfigStore, path: string) {
    this.#store = store;
    this.#path = path;
  }

  /** The current instance of the section at an index of the plan. */
  public read(index: number): unknown {
    return this.#viewOf(this.#store.current).instances[index];
  }

  public monitor(index: number): SectionMonitor<object> {
    const instances = (generation: Generation): unknown => this.#viewOf(generation).instances[index];
    // A generation holds one instance for each section of the plan, and each of its views does.
    const instanceIn = (generation: Generation): object => instances(generation) as object;
    const store = this.#store;
    return Object.freeze<SectionMonitor<object>>({
      get current() {
        return instanceIn(store.current);
      },
      onChange: (listener: SectionListener<object>) =>
        store.onCommit((current, previous) => {
          const [before, after] = [instanceIn(previous), instanceIn(current)];
          if (before !== after) listener(after, before);
        }),
    });
  }

  #viewOf(generation: Generation): Generation {
    if (this.#seen?.of !== generation) this.#seen = { of: generation, view: generation.view(this.#path) };
    return this.#seen.view;
  }
}
