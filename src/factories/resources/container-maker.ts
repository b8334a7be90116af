import type { Newable, ResolutionContext } from 'inversify';
import type { ResourceHost } from '../../container/index.js';

const makers = new WeakMap<object, ContainerMaker>();

/** Makes the classes of a definition by the container, on first use. */
export class ContainerMaker {
  public static in(host: Pick<ResourceHost, 'clock'>): ContainerMaker {
    const maker = makers.get(host) ?? new ContainerMaker();
    makers.set(host, maker);
    return maker;
  }

  #context: ResolutionContext | undefined;
  #wake: () => void = () => undefined;
  /** Resolves when there is a container. */
  public readonly ready = new Promise<void>((resolve) => {
    this.#wake = resolve;
  });

  public seen(context: ResolutionContext): void {
    this.#context ??= context;
    this.#wake();
  }

  /** Makes one, once; what could not be made is tried again. */
  public of(made: Newable): () => Promise<object> {
    let instance: Promise<object> | undefined;
    return async () => {
      await this.ready;
      // It is there when this is ready.
      instance ??= this.#context?.getAsync<object>(made as Newable<object>, { autobind: true });
      try {
        return (await instance) ?? {};
      } catch (error) {
        instance = undefined;
        throw error;
      }
    };
  }
}
