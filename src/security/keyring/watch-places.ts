import { stat } from 'node:fs/promises';
import { systemCode } from '../../core/index.js';
import type { WatchContext } from '../../core/index.js';

/** Looks at the places of a keyring in turns, and tells when one is not as it was when the keyring was last read. */
export class WatchedPlaces {
  readonly #places: readonly string[];
  #seen: string | undefined;

  public constructor(places: readonly string[]) {
    this.#places = places;
  }

  /** To be called before the keyring is read, so that no change falls between the reading and the next look. */
  public async learn(): Promise<void> {
    this.#seen = await this.#look();
  }

  /** Looks every `pollInterval` until the signal ends it. Resolves after the first look. */
  public async watch(context: WatchContext): Promise<void> {
    let cancel = (): void => undefined;
    context.signal.addEventListener(
      'abort',
      () => {
        cancel();
      },
      { once: true },
    );
    const schedule = (): void => {
      if (context.signal.aborted) return;
      // The next look waits for this one: on a slow file system they must not pile up.
      cancel = context.clock.after(context.pollInterval, () => void this.#compare(context).finally(schedule));
    };
    await this.#compare(context);
    schedule();
  }

  async #compare({ signal, changed }: WatchContext): Promise<void> {
    const now = await this.#look();
    if (signal.aborted || now === this.#seen) return;
    this.#seen = now;
    changed();
  }

  /** No content: a file that is replaced has another number, and one that is written another time of change. */
  async #look(): Promise<string> {
    const looks = this.#places.map(async (place) => {
      try {
        const { dev, ino, size, mtimeNs, ctimeNs, mode } = await stat(place, { bigint: true });
        return [dev, ino, size, mtimeNs, ctimeNs, mode].join(' ');
      } catch (error) {
        return systemCode(error);
      }
    });
    return (await Promise.all(looks)).join('\n');
  }
}
