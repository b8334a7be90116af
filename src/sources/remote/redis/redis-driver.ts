import {
  type KeptRelease,
  keptRelease,
  type LazyClient,
  listed,
  releaseText,
  stateAt,
  type StoreDriver,
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
export function redisDriver(client: LazyClient<RedisClient>, namespace: string, keep: number): StoreDriver {
  // In braces: all keys of a namespace are on one node of a cluster.
  const keyOf = (name: string): string => `uno-config:{${namespace}}:${name}`;
  const [head, documents, releases] = [keyOf('head'), keyOf('documents'), keyOf('releases')];
  const instances = keyOf('instances');
  const send: Send = async (...words) => sendOf(await client.get())(...words);

  async function run(
    script: string,
    keys: readonly string[],
    values: readonly (string | number)[],
  ): Promise<readonly unknown[]> {
    return listOf(await send('EVAL', script, keys.length, ...keys, ...values));
  }

  async function newest(known: number | undefined, ids: readonly string[] | undefined): Promise<StoreState> {
    const words = [known ?? '', ids === undefined ? 'all' : 'some', ...(ids ?? [])];
    const [revision, at, found] = await run(READ, [head, documents], words);
    const flat = listOf(found).map(String);
    const pairs = flat.flatMap((id, index) => (index % 2 === 0 ? [[id, flat[index + 1] ?? ''] as const] : []));
    return { revision: Number(revision), at: Number(at), documents: new Map(pairs) };
  }

  /** Nothing, which means all of them, where the releases between are not kept any more. */
  async function changedIn(after: number, upTo: number, ask: Send): Promise<readonly string[] | undefined> {
    const kept = readReleases(await ask('XRANGE', releases, `${String(after + 1)}-0`, `${String(upTo)}-0`));
    if (kept.length !== upTo - after) return undefined;
    return [...new Set(kept.flatMap(({ changes }) => Object.keys(changes)))];
  }

  return {
    read: async ({ known, at, ids }) => {
      if (at === undefined) return newest(known, ids);
      const state = await newest(undefined, undefined);
      // Oldest first.
      return state.revision === at ? state : stateAt(readReleases(await send('XRANGE', releases, '-', '+')), state, at);
    },
    append: async (release) => {
      const contents = [...release.changes].flatMap(([id, content]) => [id, content ?? '']);
      const words = [release.expected, releaseText(release), keep, ...contents];
      const keys = [head, documents, releases];
      const revision = Number(await send('EVAL', APPEND, keys.length, ...keys, ...words));
      return revision === 0 ? undefined : revision;
    },
    history: async (limit) => readReleases(await send('XREVRANGE', releases, '+', '-', 'COUNT', limit)).map(listed),
    listen: async ({ changed, signal }) => {
      const own = await opened(await client.get());
      const ask: Send = async (...words) => untilAborted(signal, within(BLOCK + PATIENCE, own.send(...words)));
      try {
        let seen = 0;
        for (;;) {
          // The stream is a hint; what there is says the revision.
          const revision = Number((await ask('HGET', head, 'revision')) ?? 0);
          if (revision > seen) changed(revision, seen === 0 ? undefined : await changedIn(seen, revision, ask));
          seen = revision;
          await ask('XREAD', 'COUNT', '1', 'BLOCK', BLOCK, 'STREAMS', releases, `${String(seen)}-0`);
        }
      } finally {
        own.close();
      }
    },
    report: async (instance, text) => {
      await run(REPORT, [instances], [instance, text, HOUR]);
    },
    leave: async (instance) => {
      await send('HDEL', instances, instance);
    },
    instances: async () => {
      const [now, all] = await run(INSTANCES, [instances], []);
      return listOf(all).flatMap((item) => {
        const [time = '', ...words] = String(item).split(' ');
        const age = Number(now) - Number(time);
        return age < HOUR ? [{ text: words.join(' '), age: Math.max(0, age) }] : [];
      });
    },
    close: async () => client.close(),
  };
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
