import { sameSettings, type ConfigLogger } from '../../core/index.js';
import type { RestartWish } from '../generation/index.js';
import type { LeafChange } from '../events/index.js';
import type { SourceHealth } from '../slots/index.js';
import { outOfReach } from './reload-errors.js';
import type { ReloadParts } from './reload-parts.js';

export class SourceNews {
  readonly #parts: ReloadParts;
  readonly #staleSince = new Map<number, number>();

  public constructor(parts: ReloadParts) {
    this.#parts = parts;
  }

  public changed(health: SourceHealth): void {
    const { clock, store, events } = this.#parts;
    const facts = { time: clock.now(), generation: store.current.number, source: health.source };
    const since = this.#staleSince.get(health.index);
    if (health.status === 'ok' || health.status === 'absent') {
      if (since === undefined) return;
      this.#staleSince.delete(health.index);
      events.publish({ type: 'SourceRecovered', ...facts, after: Math.max(0, facts.time - since) });
    } else if (since === undefined) {
      this.#staleSince.set(health.index, health.since);
      events.publish({ type: 'SourceStale', ...facts, since: health.since, error: outOfReach(health) });
    }
  }
}

/** Values in the sources of settings that stay until the next start, and which of them have been reported. */
export class RestartWishes {
  readonly #logger: ConfigLogger;
  #wishes: readonly RestartWish[] = [];

  public constructor(logger: ConfigLogger) {
    this.#logger = logger;
  }

  public get changes(): readonly LeafChange[] {
    return this.#wishes.map(({ change }) => change);
  }

  /** Takes in what a reload found. The answer is the paths of wishes that are new, or not what they were. */
  public update(wishes: readonly RestartWish[]): readonly string[] {
    const known = this.#wishes;
    this.#wishes = wishes;
    const news = wishes.filter((wish) => !known.some((other) => isSameWish(wish, other)));
    const paths = news.map(({ change }) => change.path);
    if (paths.length > 0)
      this.#log('warn', 'config.restart.required', `Restart to take over: ${paths.join(', ')}.`, paths);
    const gone = known
      .map(({ change }) => change.path)
      .filter((path) => !wishes.some((wish) => wish.change.path === path));
    if (gone.length > 0)
      this.#log('info', 'config.restart.withdrawn', `No restart is needed for: ${gone.join(', ')}.`, gone);
    return paths;
  }

  #log(level: 'warn' | 'info', event: string, message: string, paths: readonly string[]): void {
    this.#logger.log({ level, event, message, fields: { paths } });
  }
}

function isSameWish(one: RestartWish, other: RestartWish): boolean {
  return one.change.path === other.change.path && sameSettings(one.wanted, other.wanted);
}
