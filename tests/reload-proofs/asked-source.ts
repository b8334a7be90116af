import { createLayer, type ConfigSource } from '../../src/core/index.js';
import { withRecovery } from '../../src/runtime/index.js';
import type { Answer } from './model-state.js';

/** A source of one or more services that answers when a test says so, with what it would have said when it was asked. */
export class AskedSource {
  public truth: Answer;
  public closed = 0;
  public readonly source: ConfigSource;
  readonly #readers = new Map<string, () => Promise<void>>();
  readonly #watchers = new Map<string, () => void>();

  public constructor(name: string, truth: Answer) {
    this.truth = truth;
    const source: ConfigSource = {
      name,
      load: async ({ environment }) => {
        const said = this.truth;
        await this.#readers.get(environment)?.();
        if (said === 'down') throw new Error('cannot be reached');
        const tree = Object.fromEntries(
          said.flatMap((cell, at) => (cell === undefined ? [] : [[`s${String(at)}`, { n: cell }]])),
        );
        return createLayer({ name, tree });
      },
      watch: ({ environment, changed, signal }) => {
        this.#watchers.set(environment, changed);
        signal.addEventListener('abort', () => this.#watchers.delete(environment), { once: true });
      },
      close: () => {
        this.closed += 1;
      },
    };
    // Retries have tests of their own: here they would be reads that no command asks for.
    this.source = withRecovery(source, { retry: false });
  }

  /** The environments of those who watch it. */
  public get watchers(): readonly string[] {
    return [...this.#watchers.keys()];
  }

  /** @param ask resolves when the source may answer the service with this environment */
  public readBy(environment: string, ask: () => Promise<void>): void {
    this.#readers.set(environment, ask);
  }

  public changed(): void {
    for (const tell of this.#watchers.values()) tell();
  }
}

/** What has sources that a test speaks for. */
export abstract class AskedWorld {
  public abstract readonly sources: readonly AskedSource[];

  public say(source: number, said: Answer): void {
    const asked = this.sources[source];
    if (asked !== undefined) asked.truth = said;
  }

  public changed(source: number): void {
    this.sources[source]?.changed();
  }
}
