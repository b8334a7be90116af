import { ConfigStore, factsOf, Generation } from '../../src/runtime/index.js';

/**
 * What the store must not be: it moves one section after the other and lets others run in between. Shows that the
 * readers of a test would notice.
 */
export class TornStore extends ConfigStore {
  #shown: Generation;
  readonly #followers: ((shown: Generation) => void)[] = [];

  public constructor(first: Generation) {
    super(first);
    this.#shown = first;
  }

  public override get current(): Generation {
    return this.#shown;
  }

  public override commit(next: Generation): readonly unknown[] {
    const failures = super.commit(next);
    void this.#moveOneByOne(next);
    return failures;
  }

  public override follow(index: number, follower: (instance: object) => void): void {
    this.#followers.push(({ instances }) => {
      follower(instances[index] ?? {});
    });
  }

  async #moveOneByOne(next: Generation): Promise<void> {
    const instances = [...this.#shown.instances];
    for (const [index, instance] of next.instances.entries()) {
      instances[index] = instance;
      this.#shown = new Generation({ ...factsOf(next), instances: [...instances] });
      for (const follow of this.#followers) follow(this.#shown);
      await Promise.resolve();
    }
  }
}
