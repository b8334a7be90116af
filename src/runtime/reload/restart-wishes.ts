import { sameSettings, type ConfigLogger } from '../../core/index.js';
import type { LeafChange } from '../events/index.js';
import type { RestartWish } from '../generation/index.js';

/** What the sources want of settings that keep their value until the next start, and what of it has been told. */
export class RestartWishes {
  readonly #logger: ConfigLogger;
  #wishes: readonly RestartWish[] = [];

  public constructor(logger: ConfigLogger) {
    this.#logger = logger;
  }

  /** From the values in use to those that are wanted; secrets are masked. */
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
