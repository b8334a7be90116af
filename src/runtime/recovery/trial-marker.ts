import { open, rm } from 'node:fs/promises';
import { constants } from 'node:fs';
import { join } from 'node:path';
import { sharedSelectors, systemCode, type ConfigLogger, type Selectors } from '../../core/index.js';
import { writeWhole } from './snapshot-files.js';
import { snapshotDigest } from './snapshot-text.js';
import { snapshotLayer, type CanonicalLayer, type SnapshotRules } from './take-snapshot.js';

const NAME = 'trial.json';
const CONTENT = /^\{"version":1,"settings":"([0-9a-f]{64})","ends":([1-9]\d{0,5})\}\n$/;
const MAXIMUM = 200;

/**
 * A digest of the sources' answers, without their secrets.
 *
 * @param keys identify the sources, in this process and the next one
 * @param layersOf the layers of the source at a place
 */
export function digestOf(
  keys: readonly string[],
  layersOf: (index: number) => readonly CanonicalLayer[],
  selectors: Selectors,
  { schema, isSecret }: SnapshotRules,
): string {
  const sources = keys.map((key, index) => {
    // Secrets are left out, not encrypted: no ciphertext is the same twice.
    return { key, readAt: 0, layers: layersOf(index).map((layer) => snapshotLayer(layer, { schema, isSecret })) };
  });
  return snapshotDigest({ savedAt: 0, selectors: sharedSelectors(selectors), sources });
}

export interface TrialMark {
  readonly digest: string;
  /** How many processes have ended with them, the one that has them in use included. */
  readonly ends: number;
}

/**
 * Marks on disk which settings in use are not trusted yet, beside the last known good. A mark that is there at the start was
 * left by a process that ended before it trusted them.
 */
export class TrialMarker {
  readonly #folder: string;
  readonly #logger: ConfigLogger;
  #last: Promise<void> = Promise.resolve();

  public constructor(folder: string, logger: ConfigLogger) {
    this.#folder = folder;
    this.#logger = logger;
  }

  /** What the process before left; `undefined` when there is nothing that can be read. */
  public async read(): Promise<TrialMark | undefined> {
    try {
      // Without blocking, and through no link: only what we wrote ourselves counts.
      const flags = constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOFOLLOW;
      const file = await open(join(this.#folder, NAME), flags);
      try {
        const stats = await file.stat();
        if (!stats.isFile() || stats.size > MAXIMUM) return undefined;
        const [, digest, ends] = CONTENT.exec(await file.readFile('utf8')) ?? [];
        return digest === undefined ? undefined : { digest, ends: Number(ends) };
      } finally {
        await file.close();
      }
    } catch (error) {
      if (systemCode(error) !== 'ENOENT') this.#warn('cannot be read', error);
      return undefined;
    }
  }

  /** Resolves when it is on the disk. Never fails: without it the settings are in use all the same. */
  public async write({ digest, ends }: TrialMark): Promise<void> {
    return this.#next('cannot be written', async () => {
      await writeWhole(this.#folder, NAME, `{"version":1,"settings":"${digest}","ends":${String(ends)}}\n`);
    });
  }

  public async remove(): Promise<void> {
    return this.#next('cannot be removed', async () => rm(join(this.#folder, NAME), { force: true }));
  }

  async #next(failure: string, act: () => Promise<void>): Promise<void> {
    this.#last = this.#last.then(act).catch((error: unknown) => {
      this.#warn(failure, error);
    });
    return this.#last;
  }

  #warn(what: string, error: unknown): void {
    const why = systemCode(error) || 'an unknown error';
    this.#logger.log({
      level: 'warn',
      event: 'config.trial.failed',
      message: `The trial marker in ${this.#folder} ${what}: the operating system answers ${why}.`,
      fields: { folder: this.#folder, code: why },
    });
  }
}
