import { ConfigError, isConfigMap, SourceUnreachable } from '../../../core/index.js';
import {
  type KeptRelease,
  keptRelease,
  listed,
  releaseText,
  stateAt,
  type StoreDriver,
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
export function etcdDriver(name: string, gateway: EtcdGateway, prefix: string, keep: number): StoreDriver {
  /** Those that hold the last reports, so that etcd forgets them. */
  const leases = new Map<string, string>();
  const keyOf = (key: string): string => encoded(`${prefix}${key}`);
  const headKey = keyOf('head');
  /** In the order of the keys, that of the revisions. */
  const releaseKey = (revision: number): string => keyOf(`releases/${String(revision).padStart(15, '0')}`);
  // The character after the slash.
  const below = (folder: string) => ({ key: keyOf(folder), range_end: keyOf(folder.replace(/\/$/, '0')) });

  async function newest(known: number | undefined, ids: readonly string[] | undefined): Promise<StoreState> {
    const wanted =
      ids === undefined
        ? [{ request_range: { ...below('documents/'), limit: String(PAGE) } }]
        : ids.map((id) => ({ request_range: { key: keyOf(`documents/${id}`) } }));
    if (wanted.length > MOST_DOCUMENTS) return newest(known, undefined);
    const answer = await gateway.ask('/v3/kv/txn', {
      compare: [{ key: headKey, target: 'VALUE', result: 'EQUAL', value: encoded(String(known ?? '')) }],
      failure: [{ request_range: { key: headKey } }, ...wanted],
    });
    if (answer['succeeded'] === true) return { revision: known ?? 0, documents: new Map() };
    const [first, ...ranges] = listOf(answer['responses']).map(({ response_range: range }) => range);
    const [found] = isConfigMap(first) ? keysOf(first) : [];
    if (found === undefined) return { revision: 0, documents: new Map() };
    const keys: EtcdAnswer[] = [];
    for (const range of ranges) {
      if (!isConfigMap(range)) continue;
      keys.push(...keysOf(range));
      if (range['more'] === true) keys.push(...(await pages('documents/', keys, revisionOf(answer))));
    }
    const from = prefix.length + 'documents/'.length;
    const documents = keys.map(({ key, value }) => [decoded(key).slice(from), decoded(value)] as const);
    return { revision: Number(decoded(found['value'])), documents: new Map(documents) };
  }

  /** Oldest first. */
  async function releases(limit?: number): Promise<readonly KeptRelease[]> {
    return (await range('releases/', limit))
      .flatMap(({ key, value }) => releaseIn(decoded(key), decoded(value)))
      .toSorted((one, other) => one.revision - other.revision);
  }

  /** Nothing, which means all of them, where the releases between are not kept any more. */
  async function changedIn(after: number, upTo: number): Promise<readonly string[] | undefined> {
    if (upTo - after > MOST_DOCUMENTS) return undefined;
    const between = { key: releaseKey(after + 1), range_end: releaseKey(upTo + 1) };
    const answer = await gateway.ask('/v3/kv/range', between);
    const kept = keysOf(answer).flatMap(({ key, value }) => releaseIn(decoded(key), decoded(value)));
    return kept.length === upTo - after ? [...new Set(kept.flatMap(({ changes }) => Object.keys(changes)))] : undefined;
  }

  /** The newest of a folder first, when there is a limit. */
  async function range(folder: string, limit?: number): Promise<readonly EtcdAnswer[]> {
    const few =
      limit === undefined
        ? { limit: String(PAGE) }
        : { limit: String(limit), sort_order: 'DESCEND', sort_target: 'KEY' };
    const answer = await gateway.ask('/v3/kv/range', { ...below(folder), ...few });
    const keys = keysOf(answer);
    const isMore = answer['more'] === true && limit === undefined;
    return isMore ? [...keys, ...(await pages(folder, keys, revisionOf(answer)))] : keys;
  }

  /** What comes after the first page, in the same revision: another one would be torn. */
  async function pages(
    folder: string,
    before: readonly EtcdAnswer[],
    revision: number,
  ): Promise<readonly EtcdAnswer[]> {
    const keys: EtcdAnswer[] = [];
    let last = before.at(-1)?.['key'];
    for (let isMore = true; isMore;) {
      const from = { ...below(folder), key: encoded(`${decoded(last)}\0`) };
      const answer = await gateway
        .ask('/v3/kv/range', { ...from, limit: String(PAGE), revision: String(revision) })
        .catch((error: unknown) => {
          // That revision was compacted away between two pages; the next read begins with another one.
          if (!ConfigError.is(error) || error.code !== 'source-failed') throw error;
          throw new SourceUnreachable({ source: name, why: 'it does not keep what was being read' });
        });
      const page = keysOf(answer);
      keys.push(...page);
      last = page.at(-1)?.['key'];
      isMore = answer['more'] === true && page.length > 0;
    }
    return keys;
  }

  return {
    read: async ({ known, at, ids }) => {
      if (at === undefined) return newest(known, ids);
      const head = await newest(undefined, undefined);
      return head.revision === at ? head : stateAt(await releases(), head, at);
    },
    append: async (release) => {
      const { expected, changes } = release;
      if (changes.size > MOST_DOCUMENTS) throw tooMany(name, changes.size);
      const revision = expected + 1;
      const kept = JSON.stringify({ at: Date.now(), release: releaseText(release) });
      const isExpected =
        expected === 0
          ? { key: headKey, target: 'CREATE', result: 'EQUAL', create_revision: '0' }
          : { key: headKey, target: 'VALUE', result: 'EQUAL', value: encoded(String(expected)) };
      const old = revision - keep;
      const { succeeded } = await gateway.ask('/v3/kv/txn', {
        compare: [isExpected],
        success: [
          put(headKey, String(revision)),
          put(releaseKey(revision), kept),
          ...(old > 0 ? [{ request_delete_range: { key: releaseKey(old) } }] : []),
          ...[...changes].map(([id, content]) => {
            const key = keyOf(`documents/${id}`);
            return content === undefined ? { request_delete_range: { key } } : put(key, content);
          }),
        ],
      });
      return succeeded === true ? revision : undefined;
    },
    history: async (limit) => (await releases(limit)).map(listed).toReversed(),
    listen: async ({ changed, signal }) => {
      const answer = await gateway.ask('/v3/kv/range', { key: headKey });
      let seen = Number(decoded(keysOf(answer)[0]?.['value']));
      if (seen > 0) changed(seen);
      const watched = { key: headKey, start_revision: String(revisionOf(answer) + 1), progress_notify: true };
      for await (const message of gateway.watch(watched, SILENCE, signal)) {
        // What was compacted away is read: the watch is begun again.
        if (message['canceled'] === true) return;
        for (const event of listOf(message['events'])) {
          const revision = Number(decoded(isConfigMap(event['kv']) ? event['kv']['value'] : undefined));
          if (revision <= seen) continue;
          const ids = await changedIn(seen, revision);
          seen = revision;
          changed(revision, ids);
        }
      }
    },
    report: async (instance, text) => {
      const { ID: lease } = await gateway.ask('/v3/lease/grant', { TTL: String(HOUR) });
      await gateway.ask('/v3/kv/put', { key: keyOf(`instances/${instance}`), value: encoded(text), lease });
      const before = leases.get(instance);
      leases.set(instance, String(lease));
      if (before !== undefined) await gateway.ask('/v3/lease/revoke', { ID: before });
    },
    leave: async (instance) => {
      await gateway.ask('/v3/kv/deleterange', { key: keyOf(`instances/${instance}`) });
    },
    instances: async () =>
      Promise.all(
        (await range('instances/')).map(async ({ value, lease = '0' }) => {
          const { TTL: left = HOUR } = await gateway.ask('/v3/lease/timetolive', { ID: lease });
          return { text: decoded(value), age: Math.max(0, HOUR - Number(left)) * 1_000 };
        }),
      ),
    close: async () => {
      gateway.close();
      return Promise.resolve();
    },
  };
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
    message: `${name} takes at most ${String(MOST_DOCUMENTS)} documents in one release, and there are ${String(count)}.`,
    recovery: 'Publish them in several releases.',
  });
}
