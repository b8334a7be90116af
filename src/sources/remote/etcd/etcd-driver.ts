import { ConfigError, isConfigMap, type SettingsRelease, SourceUnreachable } from '../../../core/index.js';
import {
  type KeptRelease,
  keptRelease,
  listed,
  type NewRelease,
  releaseText,
  stateAt,
  type StoreDriver,
  type StoreListener,
  type StoreRead,
  type StoreState,
} from '../store/index.js';
import { decoded, encoded, type EtcdAnswer, type EtcdGateway } from './etcd-gateway.js';

/** So many keys come in one page. */
const PAGE = 500;
/** etcd takes 128 operations in a transaction, of which some are ours. */
const MOST_DOCUMENTS = 120;
/** The server reports progress every ten minutes. A connection that is silent for longer is lost. */
const SILENCE = 15 * 60_000;
const HOUR = 3_600;

/**
 * Releases in etcd: the head, the documents and the last releases have keys of their own, which one transaction writes.
 * What comes in pages is read in one revision of etcd.
 */
export class EtcdDriver implements StoreDriver {
  readonly #name: string;
  readonly #gateway: EtcdGateway;
  readonly #prefix: string;
  readonly #keep: number;
  /** Those that hold the last reports, so that etcd forgets them. */
  readonly #leases = new Map<string, string>();

  public constructor(name: string, gateway: EtcdGateway, prefix: string, keep: number) {
    this.#name = name;
    this.#gateway = gateway;
    this.#prefix = prefix;
    this.#keep = keep;
  }

  public async read({ known, at, ids }: StoreRead): Promise<StoreState> {
    const isNewest = at === undefined;
    const head = await this.#head(isNewest ? known : undefined, isNewest ? ids : undefined);
    if (isNewest || head.revision === at) return head;
    return stateAt(await this.#releases(), head, at);
  }

  public async append(release: NewRelease): Promise<number | undefined> {
    const { expected, changes } = release;
    if (changes.size > MOST_DOCUMENTS) throw tooMany(this.#name, changes.size);
    const revision = expected + 1;
    const kept = JSON.stringify({ at: Date.now(), release: releaseText(release) });
    const head = this.#key('head');
    const isExpected =
      expected === 0
        ? { key: head, target: 'CREATE', result: 'EQUAL', create_revision: '0' }
        : { key: head, target: 'VALUE', result: 'EQUAL', value: encoded(String(expected)) };
    const old = revision - this.#keep;
    const { succeeded } = await this.#gateway.ask('/v3/kv/txn', {
      compare: [isExpected],
      success: [
        put(head, String(revision)),
        put(this.#release(revision), kept),
        ...(old > 0 ? [{ request_delete_range: { key: this.#release(old) } }] : []),
        ...[...changes].map(([id, content]) => {
          const key = this.#key(`documents/${id}`);
          return content === undefined ? { request_delete_range: { key } } : put(key, content);
        }),
      ],
    });
    return succeeded === true ? revision : undefined;
  }

  public async history(limit: number): Promise<readonly SettingsRelease[]> {
    return (await this.#releases(limit)).map(listed).toReversed();
  }

  public async listen({ changed, signal }: StoreListener): Promise<void> {
    const answer = await this.#gateway.ask('/v3/kv/range', { key: this.#key('head') });
    let seen = Number(decoded(keysOf(answer)[0]?.['value']));
    if (seen > 0) changed(seen);
    const watched = { key: this.#key('head'), start_revision: String(revisionOf(answer) + 1), progress_notify: true };
    for await (const message of this.#gateway.watch(watched, SILENCE, signal)) {
      // What was compacted away is read: the watch is begun again.
      if (message['canceled'] === true) return;
      for (const event of listOf(message['events'])) {
        const revision = Number(decoded(isConfigMap(event['kv']) ? event['kv']['value'] : undefined));
        if (revision <= seen) continue;
        const ids = await this.#changedIn(seen, revision);
        seen = revision;
        changed(revision, ids);
      }
    }
  }

  public async report(instance: string, text: string): Promise<void> {
    const { ID: lease } = await this.#gateway.ask('/v3/lease/grant', { TTL: String(HOUR) });
    await this.#gateway.ask('/v3/kv/put', {
      key: this.#key(`instances/${instance}`),
      value: encoded(text),
      lease,
    });
    const before = this.#leases.get(instance);
    this.#leases.set(instance, String(lease));
    if (before !== undefined) await this.#gateway.ask('/v3/lease/revoke', { ID: before });
  }

  public async leave(instance: string): Promise<void> {
    await this.#gateway.ask('/v3/kv/deleterange', { key: this.#key(`instances/${instance}`) });
  }

  public async instances(): Promise<readonly { readonly text: string; readonly age: number }[]> {
    const [, keys] = await this.#range('instances/');
    return Promise.all(
      keys.map(async ({ value, lease = '0' }) => {
        const { TTL: left = HOUR } = await this.#gateway.ask('/v3/lease/timetolive', { ID: lease });
        return { text: decoded(value), age: Math.max(0, HOUR - Number(left)) * 1_000 };
      }),
    );
  }

  public async close(): Promise<void> {
    this.#gateway.close();
    return Promise.resolve();
  }

  async #head(known: number | undefined, ids: readonly string[] | undefined): Promise<StoreState> {
    const head = this.#key('head');
    const wanted =
      ids === undefined
        ? [{ request_range: { ...this.#below('documents/'), limit: String(PAGE) } }]
        : ids.map((id) => ({ request_range: { key: this.#key(`documents/${id}`) } }));
    if (wanted.length > MOST_DOCUMENTS) return this.#head(known, undefined);
    const answer = await this.#gateway.ask('/v3/kv/txn', {
      compare: [{ key: head, target: 'VALUE', result: 'EQUAL', value: encoded(String(known ?? '')) }],
      failure: [{ request_range: { key: head } }, ...wanted],
    });
    if (answer['succeeded'] === true) return { revision: known ?? 0, documents: new Map() };
    const [first, ...ranges] = listOf(answer['responses']).map(({ response_range: range }) => range);
    const [found] = isConfigMap(first) ? keysOf(first) : [];
    if (found === undefined) return { revision: 0, documents: new Map() };
    const keys: EtcdAnswer[] = [];
    for (const range of ranges) {
      if (!isConfigMap(range)) continue;
      keys.push(...keysOf(range));
      if (range['more'] === true) keys.push(...(await this.#pages('documents/', keys, revisionOf(answer))));
    }
    const from = this.#prefix.length + 'documents/'.length;
    const documents = keys.map(({ key, value }) => [decoded(key).slice(from), decoded(value)] as const);
    return { revision: Number(decoded(found['value'])), documents: new Map(documents) };
  }

  /** Oldest first. */
  async #releases(limit?: number): Promise<readonly KeptRelease[]> {
    const [, keys] = await this.#range('releases/', limit);
    return keys
      .flatMap(({ key, value }) => releaseIn(decoded(key), decoded(value)))
      .toSorted((one, other) => one.revision - other.revision);
  }

  /** Nothing, which means all of them, where the releases between are not kept any more. */
  async #changedIn(after: number, upTo: number): Promise<readonly string[] | undefined> {
    if (upTo - after > MOST_DOCUMENTS) return undefined;
    const answer = await this.#gateway.ask('/v3/kv/range', {
      key: this.#release(after + 1),
      range_end: this.#release(upTo + 1),
    });
    const kept = keysOf(answer).flatMap(({ key, value }) => releaseIn(decoded(key), decoded(value)));
    return kept.length === upTo - after ? [...new Set(kept.flatMap(({ changes }) => Object.keys(changes)))] : undefined;
  }

  /** The newest of a folder first, when there is a limit. */
  async #range(folder: string, limit?: number): Promise<readonly [number, readonly EtcdAnswer[]]> {
    const few =
      limit === undefined
        ? { limit: String(PAGE) }
        : { limit: String(limit), sort_order: 'DESCEND', sort_target: 'KEY' };
    const answer = await this.#gateway.ask('/v3/kv/range', { ...this.#below(folder), ...few });
    const keys = keysOf(answer);
    const isMore = answer['more'] === true && limit === undefined;
    const rest = isMore ? await this.#pages(folder, keys, revisionOf(answer)) : [];
    return [revisionOf(answer), [...keys, ...rest]];
  }

  /** What comes after the first page, in the same revision: another one would be torn. */
  async #pages(folder: string, before: readonly EtcdAnswer[], revision: number): Promise<readonly EtcdAnswer[]> {
    const keys: EtcdAnswer[] = [];
    let last = before.at(-1)?.['key'];
    for (let isMore = true; isMore;) {
      const answer = await this.#gateway
        .ask('/v3/kv/range', {
          ...this.#below(folder),
          key: encoded(`${decoded(last)}\0`),
          limit: String(PAGE),
          revision: String(revision),
        })
        .catch((error: unknown) => {
          // That revision was compacted away between two pages; the next read begins with another one.
          if (!ConfigError.is(error) || error.code !== 'source-failed') throw error;
          throw new SourceUnreachable({ source: this.#name, why: 'it does not keep what was being read' });
        });
      const page = keysOf(answer);
      keys.push(...page);
      last = page.at(-1)?.['key'];
      isMore = answer['more'] === true && page.length > 0;
    }
    return keys;
  }

  #key(name: string): string {
    return encoded(`${this.#prefix}${name}`);
  }

  /** In the order of the keys, that of the revisions. */
  #release(revision: number): string {
    return this.#key(`releases/${String(revision).padStart(15, '0')}`);
  }

  #below(folder: string): { readonly key: string; readonly range_end: string } {
    // The character after the slash.
    return { key: this.#key(folder), range_end: this.#key(folder.replace(/\/$/, '0')) };
  }
}

function put(key: string, value: string): object {
  return { request_put: { key, value: encoded(value) } };
}

function releaseIn(key: string, value: string): readonly KeptRelease[] {
  try {
    const { at, release } = JSON.parse(value) as { readonly at?: unknown; readonly release?: unknown };
    return keptRelease(Number(key.slice(-15)), Number(at), String(release));
  } catch {
    return [];
  }
}

function keysOf(answer: EtcdAnswer): readonly EtcdAnswer[] {
  return listOf(answer['kvs']);
}

function listOf(value: unknown): readonly EtcdAnswer[] {
  return Array.isArray(value) ? value.filter(isConfigMap) : [];
}

function revisionOf({ header }: EtcdAnswer): number {
  return isConfigMap(header) ? Number(header['revision']) : 0;
}

function tooMany(name: string, count: number): ConfigError {
  return new ConfigError({
    code: 'source-too-large',
    category: 'source',
    message: `${name} takes at most ${String(MOST_DOCUMENTS)} documents in one release, and there are ${String(count)}.`,
    recovery: 'Publish them in several releases.',
  });
}
