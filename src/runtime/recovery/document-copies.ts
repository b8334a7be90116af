import {
  type Clock,
  type ConfigLayer,
  type ConfigLogger,
  type ConfigMap,
  type ConfigPath,
  type SchemaNode,
  type SecretContent,
  type SecretLevel,
  type Selectors,
  childNode,
  ConfigError,
  isConfigMap,
  sharedSelectors,
} from '../../core/index.js';
import { canonicalKey } from '../../binding/index.js';
import type { LastKnownGoodCache } from './last-known-good.js';
import { leftOutValues, rebuildLayers } from './rebuild-layers.js';
import { sealOf, type SnapshotSeal } from './snapshot-seal.js';
import { snapshotDigest } from './snapshot-text.js';
import type { Snapshot } from './snapshot.js';
import { type SnapshotRules, type SnapshotSecrets, snapshotLayer } from './take-snapshot.js';

/** {@link SnapshotSecrets} that are bound to a tenant. */
interface TenantSecrets extends Pick<SnapshotSecrets, 'loaded'> {
  protect(path: ConfigPath, text: string, level: SecretLevel, tenant: string): string | undefined;
  open(text: string, path: ConfigPath, level: SecretLevel, tenant: string): SecretContent;
}

export interface DocumentCopiesOptions {
  /** That of the base: the copies are in folders below its own. */
  readonly cache: LastKnownGoodCache;
  readonly logger: ConfigLogger;
  readonly clock: Clock;
  readonly selectors: Selectors;
  readonly rules: Omit<SnapshotRules, 'secrets'> & { readonly secrets?: TenantSecrets };
}

export interface DocumentCopy {
  readonly layers: readonly ConfigLayer[];
  readonly savedAt: number;
}

/** So many ids are gone through before others get their turn. */
const AT_A_TIME = 200;
const FOLDER = 'tenants';
const KEY = 'tenant:';

/**
 * The last known good of the documents of tenants: a folder of snapshots for each, named by a digest of the id. One file
 * is written at a time; each is bound to its tenant by the id in it, and by its seal where there are keys.
 */
export class DocumentCopies {
  readonly #options: DocumentCopiesOptions;
  readonly #cache: LastKnownGoodCache;
  /** What is to be written, and `undefined` for what is to be removed: of each tenant only the last. */
  readonly #waiting = new Map<string, readonly ConfigLayer[] | undefined>();
  #working: Promise<void> | undefined;
  readonly #failures = new Map<string, string>();

  public constructor(options: DocumentCopiesOptions) {
    this.#options = options;
    this.#cache = options.cache.within(FOLDER);
  }

  public folderOf(id: string): string {
    return this.#of(id).folder;
  }

  /** Why some copies could not be written or removed, in words. */
  public get problems(): readonly string[] {
    const [first] = this.#failures.values();
    const count = String(this.#failures.size);
    return first === undefined ? [] : [`The last known good of ${count} tenants is not up to date. ${first}`];
  }

  /** Writes a document in the background, unless the newest copy is equal. Never fails; see {@link problems}. */
  public keep(id: string, layers: readonly ConfigLayer[]): void {
    this.#put(id, layers);
  }

  /** Removes all copies of a document in the background. Never fails; see {@link problems}. */
  public drop(id: string): void {
    this.#put(id, undefined);
  }

  public async settled(): Promise<void> {
    await this.#working;
  }

  /** The ids whose copies are on the disk, as far as these can be read. */
  public async ids(): Promise<readonly string[]> {
    const ids: string[] = [];
    for (const name of await this.#cache.folders()) {
      // Without the seal, which cannot be verified before the id is known; `find` verifies it.
      const { copies } = await this.#cache.within(name).search(undefined, undefined, Infinity);
      const named = copies.flatMap(({ snapshot }) => idIn(snapshot) ?? []);
      const id = named.find((one) => nameOf(one) === name);
      if (id !== undefined) ids.push(id);
    }
    return ids;
  }

  public async dropOthers(ids: Iterable<string>): Promise<void> {
    const names = new Set(await this.#cache.folders());
    if (names.size === 0) return;
    let count = 0;
    for (const id of ids) {
      names.delete(nameOf(id));
      // Others get their turn: a digest costs microseconds, and there may be thousands.
      if (++count % AT_A_TIME === 0) await nextTurn();
    }
    for (const name of names) await this.#cache.within(name).remove();
  }

  /** The usable copies of a document, the newest first. What is wrong with others is logged. */
  public async find(id: string): Promise<readonly DocumentCopy[]> {
    const { logger, selectors } = this.#options;
    try {
      const { copies, skipped } = await this.#of(id).search(selectors, this.#seal(id), Infinity);
      for (const { file, why } of skipped) {
        const message = `${file} ${why}; it is not used.`;
        logger.log({ level: 'warn', event: 'config.last-known-good.skipped', message, fields: { file, why } });
      }
      return copies.flatMap(({ snapshot, savedAt }) => {
        const [source] = snapshot.sources;
        return source === undefined || idIn(snapshot) !== id ? [] : [{ layers: rebuildLayers(source), savedAt }];
      });
    } catch (error) {
      if (!ConfigError.is(error)) throw error;
      this.#warn(error);
      return [];
    }
  }

  public async has(id: string): Promise<boolean> {
    return (await this.#cache.folders()).includes(nameOf(id));
  }

  /**
   * Removes all copies of a document.
   *
   * @throws ConfigError `last-known-good-not-saved`.
   */
  public async erase(id: string): Promise<void> {
    await this.#of(id).remove();
  }

  #put(id: string, layers: readonly ConfigLayer[] | undefined): void {
    // To the end of the list, where the running work finds it once more.
    this.#waiting.delete(id);
    this.#waiting.set(id, layers);
    this.#working ??= this.#work();
  }

  async #work(): Promise<void> {
    // The caller of `keep` is in the middle of something else.
    await nextTurn();
    for (const [id, layers] of this.#waiting) {
      this.#waiting.delete(id);
      try {
        if (layers === undefined) await this.#of(id).remove();
        else await this.#write(id, layers);
        this.#failures.delete(id);
      } catch (error) {
        if (!ConfigError.is(error)) throw error;
        this.#failures.set(id, this.#warn(error));
      }
    }
    this.#working = undefined;
  }

  async #write(id: string, layers: readonly ConfigLayer[]): Promise<void> {
    const { clock, selectors, rules } = this.#options;
    const { schema, migrations } = rules;
    const secrets = this.#secrets(id);
    const bound: SnapshotRules = {
      schema,
      isSecret: (path) => rules.isSecret(path),
      ...(secrets !== undefined && { secrets }),
      ...(migrations !== undefined && { migrations }),
    };
    const savedAt = clock.now();
    const kept = layers.map((said) => {
      const layer = migrations?.current(said).layer ?? said;
      return snapshotLayer({ layer, tree: canonicalTree(layer.tree, schema) }, bound);
    });
    const snapshot: Snapshot = {
      savedAt,
      selectors: sharedSelectors(selectors),
      sources: [{ key: `${KEY}${id}`, readAt: savedAt, layers: kept }],
    };
    const cache = this.#of(id);
    const seal = this.#seal(id);
    const { copies } = await cache.search(selectors, seal);
    const [newest] = copies;
    if (newest !== undefined && contentOf(newest.snapshot) === contentOf(snapshot)) return;
    await cache.save(snapshot, seal);
  }

  #of(id: string): LastKnownGoodCache {
    return this.#cache.within(nameOf(id));
  }

  #seal(id: string): SnapshotSeal {
    return sealOf(this.#secrets(id));
  }

  #secrets(tenant: string): SnapshotSecrets | undefined {
    const { secrets } = this.#options.rules;
    return (
      secrets && {
        protect: (path, text, level) => secrets.protect(path, text, level, tenant),
        open: (text, path, level) => secrets.open(text, path, level, tenant),
        loaded: secrets.loaded,
      }
    );
  }

  #warn({ message, code }: ConfigError): string {
    const [sentence = ''] = message.split('\n', 1);
    const fields = { folder: this.#cache.folder, code };
    this.#options.logger.log({ level: 'warn', event: 'config.last-known-good.failed', message: sentence, fields });
    return sentence;
  }
}

/** The error of a copy that lacks a secret, which was not written to disk; `undefined` for a complete copy. */
export function incompleteCopy({ layers }: DocumentCopy): ConfigError | undefined {
  const missing = leftOutValues(layers.map(({ tree }) => ({ segment: { path: [] }, merged: tree })));
  if (missing.length === 0) return undefined;
  return new ConfigError({
    code: 'invalid-settings',
    category: 'tenant',
    message: 'The last known good of the document is not complete.',
    issues: missing,
  });
}

async function nextTurn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}

/** Of an id nothing but its digest is a name: file systems fold case, and reserve names. */
function nameOf(id: string): string {
  const { createHash } = process.getBuiltinModule('node:crypto');
  return createHash('sha256').update(id, 'utf8').digest('hex').slice(0, 40);
}

function idIn({ sources: [source] }: Snapshot): string | undefined {
  return source?.key.startsWith(KEY) === true ? source.key.slice(KEY.length) : undefined;
}

/** Whenever it was written. */
function contentOf(snapshot: Snapshot): string {
  const sources = snapshot.sources.map((source) => ({ ...source, readAt: 0 }));
  return snapshotDigest({ ...snapshot, savedAt: 0, sources });
}

function canonicalTree(tree: ConfigMap, node: SchemaNode | undefined): ConfigMap {
  return Object.fromEntries(
    Object.entries(tree).map(([spelled, value]) => {
      const key = canonicalKey(spelled, node);
      return [key, isConfigMap(value) ? canonicalTree(value, childNode(node, key)) : value];
    }),
  );
}
