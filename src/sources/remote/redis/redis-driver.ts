import type { SettingsRelease } from '../../../core/index.js';
import {
  type KeptRelease,
  keptRelease,
  type LazyClient,
  listed,
  type NewRelease,
  releaseText,
  stateAt,
  type StoreDriver,
  type StoreListener,
  type StoreRead,
  type StoreState,
} from '../store/index.js';
import { untilAborted, within } from '../until-aborted.js';
import type { IoredisClient, NodeRedisClient } from './redis-types.js';

/** Of either package. */
export type RedisClient = IoredisClient | NodeRedisClient;

type Send = (...words: readonly (string | number)[]) => Promise<unknown>;

/** A wait for the next release, in milliseconds; then the revision is looked at, whatever was heard. */
const BLOCK = 15_000;
/** How much later than that an answer may come. */
const PATIENCE = 10_000;
const HOUR = 3_600_000;

// One script, one state: no writer comes between. The time is the server's.
const READ = `
local head = redis.call('HMGET', KEYS[1], 'revision', 'at')
local revision = head[1] or '0'
if revision == '0' or revision == ARGV[1] then return {revision, head[2] or '', {}} end
if ARGV[2] == 'all' then return {revision, head[2] or '', redis.call('HGETALL', KEYS[2])} end
local found = {}
for i = 3, #ARGV do
  local content = redis.call('HGET', KEYS[2], ARGV[i])
  if content then found[#found + 1] = ARGV[i]; found[#found + 1] = content end
end
return {revision, head[2] or '', found}`;

const APPEND = `
local revision = tonumber(redis.call('HGET', KEYS[1], 'revision') or '0')
if revision ~= tonumber(ARGV[1]) then return 0 end
revision = revision + 1
local time = redis.call('TIME')
local at = string.format('%.0f', time[1] * 1000 + math.floor(time[2] / 1000))
redis.call('HSET', KEYS[1], 'revision', string.format('%.0f', revision), 'at', at)
for i = 4, #ARGV, 2 do
  if ARGV[i + 1] == '' then redis.call('HDEL', KEYS[2], ARGV[i]) else redis.call('HSET', KEYS[2], ARGV[i], ARGV[i + 1]) end
end
redis.call('XADD', KEYS[3], 'MAXLEN', '~', ARGV[3], string.format('%.0f', revision) .. '-0', 'at', at, 'release', ARGV[2])
return revision`;

const REPORT = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
redis.call('HSET', KEYS[1], ARGV[1], string.format('%.0f', now) .. ' ' .. ARGV[2])
redis.call('PEXPIRE', KEYS[1], ARGV[3])`;

const INSTANCES = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
return {string.format('%.0f', now), redis.call('HVALS', KEYS[1])}`;

/** Releases in Redis: the newest documents in a hash, and the last releases in a stream that tells of them. */
export class RedisDriver implements StoreDriver {
  readonly #client: LazyClient<RedisClient>;
  readonly #keep: number;
  readonly #keys: {
    readonly head: string;
    readonly documents: string;
    readonly releases: string;
    readonly instances: string;
  };

  public constructor(client: LazyClient<RedisClient>, namespace: string, keep: number) {
    this.#client = client;
    this.#keep = keep;
    // In braces: all keys of a namespace are on one node of a cluster.
    const key = (name: string): string => `uno-config:{${namespace}}:${name}`;
    this.#keys = {
      head: key('head'),
      documents: key('documents'),
      releases: key('releases'),
      instances: key('instances'),
    };
  }

  public async read({ known, at, ids }: StoreRead): Promise<StoreState> {
    const head = await this.#head(at === undefined ? known : undefined, at === undefined ? ids : undefined);
    if (at === undefined || head.revision === at) return head;
    return stateAt(await this.#releases('-', '+'), head, at);
  }

  public async append(release: NewRelease): Promise<number | undefined> {
    const { head, documents, releases } = this.#keys;
    const contents = [...release.changes].flatMap(([id, content]) => [id, content ?? '']);
    const words = [release.expected, releaseText(release), this.#keep, ...contents];
    const revision = Number(await this.#run(APPEND, [head, documents, releases], words));
    return revision === 0 ? undefined : revision;
  }

  public async history(limit: number): Promise<readonly SettingsRelease[]> {
    const kept = await this.#releases('-', '+', limit);
    return kept.map(listed).toReversed();
  }

  public async listen({ changed, signal }: StoreListener): Promise<void> {
    const { send, close } = await opened(await this.#client.get());
    const ask: Send = async (...words) => untilAborted(signal, within(BLOCK + PATIENCE, send(...words)));
    try {
      let seen = 0;
      for (;;) {
        // The stream is a hint; what there is says the revision.
        const revision = Number((await ask('HGET', this.#keys.head, 'revision')) ?? 0);
        if (revision > seen) {
          const ids = seen === 0 ? undefined : await this.#changedIn(seen, revision, ask);
          changed(revision, ids);
        }
        seen = revision;
        await ask('XREAD', 'COUNT', '1', 'BLOCK', BLOCK, 'STREAMS', this.#keys.releases, `${String(seen)}-0`);
      }
    } finally {
      close();
    }
  }

  public async report(instance: string, text: string): Promise<void> {
    await this.#run(REPORT, [this.#keys.instances], [instance, text, HOUR]);
  }

  public async leave(instance: string): Promise<void> {
    await (
      await this.#send()
    )('HDEL', this.#keys.instances, instance);
  }

  public async instances(): Promise<readonly { readonly text: string; readonly age: number }[]> {
    const [now, all] = listOf(await this.#run(INSTANCES, [this.#keys.instances], []));
    return listOf(all).flatMap((item) => {
      const [time = '', ...words] = String(item).split(' ');
      const age = Number(now) - Number(time);
      return age < HOUR ? [{ text: words.join(' '), age: Math.max(0, age) }] : [];
    });
  }

  public async close(): Promise<void> {
    await this.#client.close();
  }

  async #head(known: number | undefined, ids: readonly string[] | undefined): Promise<StoreState> {
    const { head, documents } = this.#keys;
    const words = [known ?? '', ids === undefined ? 'all' : 'some', ...(ids ?? [])];
    const [revision, at, found] = listOf(await this.#run(READ, [head, documents], words));
    const flat = listOf(found).map(String);
    const pairs = flat.flatMap((id, index) => (index % 2 === 0 ? [[id, flat[index + 1] ?? ''] as const] : []));
    return { revision: Number(revision), at: Number(at), documents: new Map(pairs) };
  }

  /** Nothing, which means all of them, where the releases between are not kept any more. */
  async #changedIn(after: number, upTo: number, ask: Send): Promise<readonly string[] | undefined> {
    const kept = readReleases(await ask('XRANGE', this.#keys.releases, `${String(after + 1)}-0`, `${String(upTo)}-0`));
    if (kept.length !== upTo - after) return undefined;
    return [...new Set(kept.flatMap(({ changes }) => Object.keys(changes)))];
  }

  /** Oldest first. */
  async #releases(from: string, to: string, limit?: number): Promise<readonly KeptRelease[]> {
    const send = await this.#send();
    if (limit === undefined) return readReleases(await send('XRANGE', this.#keys.releases, from, to));
    return readReleases(await send('XREVRANGE', this.#keys.releases, to, from, 'COUNT', limit)).toReversed();
  }

  async #send(): Promise<Send> {
    return sendOf(await this.#client.get());
  }

  async #run(script: string, keys: readonly string[], values: readonly (string | number)[]): Promise<unknown> {
    return (await this.#send())('EVAL', script, keys.length, ...keys, ...values);
  }
}

function sendOf(client: RedisClient): Send {
  if ('call' in client) return async (command = '', ...words) => client.call(String(command), ...words);
  return async (...words) => client.sendCommand(words.map(String));
}

/** A connection of its own, which waits without holding up the other commands, and does not come back by itself. */
async function opened(client: RedisClient): Promise<{ readonly send: Send; readonly close: () => void }> {
  if ('call' in client) {
    const own = client.duplicate({ retryStrategy: () => null, maxRetriesPerRequest: 0, autoResubscribe: false });
    // What waits for an answer hears of it.
    own.on('error', () => undefined);
    const close = (): void => {
      own.disconnect();
    };
    return { send: sendOf(own), close };
  }
  const own = client.duplicate();
  own.on('error', () => undefined);
  await own.connect();
  return { send: sendOf(own), close: () => void own.destroy() };
}

function readReleases(entries: unknown): readonly KeptRelease[] {
  return listOf(entries).flatMap((entry) => {
    const [id, fields] = listOf(entry);
    const [, at, , text] = listOf(fields);
    return keptRelease(Number.parseInt(String(id), 10), Number(at), String(text));
  });
}

function listOf(answer: unknown): readonly unknown[] {
  return Array.isArray(answer) ? answer : [];
}
