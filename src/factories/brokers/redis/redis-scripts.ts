import { redisScript } from '../../drivers/index.js';

// Redis runs each script as one step. All keys of a broker have one hash tag, so that they are on one node of a cluster:
//
//   {events}:queues                  hash    queue -> "1 order.* audit" (1: ordered)
//   {events}:live                    hash    topics of a subscription without a queue, which are its channel as well
//   {events}:queue:billing           stream  topic, body, attempt; one group. What is settled is deleted from it
//   {events}:queue:billing.dead      stream  dead letters
//   {events}:queue:billing:delayed   sorted set by time, of what is to be handled again
//   {events}:queue:billing:owner     who may read an ordered queue
//   {events}:stored:…                an event that was stored a while ago

export const GROUP = 'uno-config';

/** Milliseconds since 1970, by the server. */
const NOW = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)`;

/** The same patterns as `takesTopic` takes. */
const TAKES = `
local function takes(patterns, topic)
  for pattern in string.gmatch(patterns, '%S+') do
    local words = string.gsub(pattern, '[%.%-]', '%%%0')
    words = string.gsub(words, '%*%*$', '.+')
    words = string.gsub(words, '%*', '[%%w_-]+')
    if string.find(topic, '^' .. words .. '$') then return true end
  end
  return false
end`;

/** queue, delayed: how many milliseconds until the next one is due, or -1. */
const PROMOTE_TEXT = `${NOW}
for _, member in ipairs(redis.call('ZRANGEBYSCORE', KEYS[2], '-inf', now, 'LIMIT', 0, 500)) do
  local attempt, topic, body = string.match(member, '^%S+ (%d+) (%S+) (.*)$')
  redis.call('XADD', KEYS[1], '*', 'topic', topic, 'body', body, 'attempt', attempt)
  redis.call('ZREM', KEYS[2], member)
end
local first = redis.call('ZRANGE', KEYS[2], 0, 0, 'WITHSCORES')
local due = first[2] and math.max(0, tonumber(first[2]) - now) or -1`;

/** Gives what waits for its time back to its queue. */
export const PROMOTE = redisScript(`${PROMOTE_TEXT}
return due`);

/**
 * Makes a queue, or looks at one: `same`, `missing`, or how it is declared.
 *
 * queues, stream, dead letters; name, declaration, 1 to make it, group
 */
export const DECLARE = redisScript(`
local name, declared, makes, group = ARGV[1], ARGV[2], ARGV[3] == '1', ARGV[4]
local before = redis.call('HGET', KEYS[1], name)
if before and before ~= declared then return before end
for key = 2, 3 do
  local isThere = false
  if redis.call('EXISTS', KEYS[key]) == 1 then
    for _, found in ipairs(redis.call('XINFO', 'GROUPS', KEYS[key])) do
      if found[2] == group then isThere = true end
    end
  end
  if not isThere then
    if not makes then return 'missing' end
    redis.call('XGROUP', 'CREATE', KEYS[key], group, '0', 'MKSTREAM')
  end
end
if not before then
  if not makes then return 'missing' end
  redis.call('HSET', KEYS[1], name, declared)
end
return 'same'`);

/**
 * Stores a message in every queue that takes its topic, and hands it to those that listen: `stored`, `unrouted`, or the
 * name of a queue that is full.
 *
 * queues, live, stored; base, topic, body, most of a queue, milliseconds in which it is stored once
 */
export const PUBLISH = redisScript(`${TAKES}
local base, topic, body, most, window = ARGV[1], ARGV[2], ARGV[3], tonumber(ARGV[4]), tonumber(ARGV[5])
if window > 0 and redis.call('EXISTS', KEYS[3]) == 1 then return 'stored' end
local takers = {}
local queues = redis.call('HGETALL', KEYS[1])
for index = 1, #queues, 2 do
  if takes(string.sub(queues[index + 1], 3), topic) then
    local stream = base .. ':queue:' .. queues[index]
    if redis.call('XLEN', stream) + redis.call('ZCARD', stream .. ':delayed') >= most then
      return 'full ' .. queues[index]
    end
    takers[#takers + 1] = stream
  end
end
local heard = 0
for _, topics in ipairs(redis.call('HKEYS', KEYS[2])) do
  if takes(topics, topic) then
    local count = redis.call('PUBLISH', base .. ':live:' .. topics, topic .. ' ' .. body)
    if count == 0 then redis.call('HDEL', KEYS[2], topics) end
    heard = heard + count
  end
end
if #takers == 0 and heard == 0 then return 'unrouted' end
for _, stream in ipairs(takers) do redis.call('XADD', stream, '*', 'topic', topic, 'body', body) end
if window > 0 then redis.call('SET', KEYS[3], '1', 'PX', window) end
return 'stored'`);

/**
 * What a consumer looks after from time to time: gives back what is due, keeps or takes an ordered queue, takes over what the
 * process of another consumer is silent about, and forgets consumers that are gone.
 *
 * stream, delayed, owner; consumer, group, silent for so long, 1 for ordered, count, where to go on, 1 to forget.
 * Gives until when nothing is due, who owns it (`mine`, `new`, `other`), where to go on, and what it took.
 */
export const TEND = redisScript(`${PROMOTE_TEXT}
local me, group, wait, ordered, count, from = ARGV[1], ARGV[2], tonumber(ARGV[3]), ARGV[4] == '1', ARGV[5], ARGV[6]
local owns, silent = 'mine', wait
if ordered then
  local owner = redis.call('GET', KEYS[3])
  if owner and owner ~= me then return { due, 'other', '0-0', {} } end
  if not owner then owns = 'new' end
  redis.call('SET', KEYS[3], me, 'PX', wait)
  -- Nobody else may have any of it.
  if not owner or from ~= '' then silent = 0 end
  if owner and from == '' then return { due, owns, '', {} } end
end
if from == '' then from = '0-0' end
local claimed = redis.call('XAUTOCLAIM', KEYS[1], group, me, silent, from, 'COUNT', count)
local taken = {}
for _, entry in ipairs(claimed[2]) do
  if entry and entry[2] then
    local pending = redis.call('XPENDING', KEYS[1], group, entry[1], entry[1], 1)
    taken[#taken + 1] = { entry[1], entry[2], pending[1] and pending[1][4] or 1 }
  end
end
if ARGV[7] == '1' then
  for _, found in ipairs(redis.call('XINFO', 'CONSUMERS', KEYS[1], group)) do
    local facts = {}
    for index = 1, #found, 2 do facts[found[index]] = found[index + 1] end
    if facts.pending == 0 and facts.idle > 10 * wait and facts.name ~= me then
      redis.call('XGROUP', 'DELCONSUMER', KEYS[1], group, facts.name)
    end
  end
end
return { due, owns, claimed[1] == '0-0' and '' or claimed[1], taken }`);

/**
 * Shows that a consumer is there: 0 when its queue is somebody else's now.
 *
 * stream, owner; consumer, group, milliseconds, 1 for ordered, and what it handles
 */
export const KEEP = redisScript(`
local me, group, wait = ARGV[1], ARGV[2], ARGV[3]
local isMine = 1
if ARGV[4] == '1' then
  if redis.call('GET', KEYS[2]) == me then redis.call('PEXPIRE', KEYS[2], wait) else isMine = 0 end
end
for index = 5, #ARGV do
  local pending = redis.call('XPENDING', KEYS[1], group, ARGV[index], ARGV[index], 1)[1]
  if pending and pending[2] == me then redis.call('XCLAIM', KEYS[1], group, me, 0, ARGV[index], 'JUSTID') end
end
return isMine`);

/**
 * Settles a message.
 *
 * stream, delayed, dead letters; consumer, group, id, `ack`, `retry`, `dead` or `release`, and
 * retry: delay, attempt, topic, body; dead: topic, dead letter; release: milliseconds after which it may be taken
 */
export const SETTLE = redisScript(`${NOW}
local me, group, id, kind = ARGV[1], ARGV[2], ARGV[3], ARGV[4]
if kind == 'release' then
  local pending = redis.call('XPENDING', KEYS[1], group, id, id, 1)[1]
  if pending and pending[2] == me then
    local count = math.max(0, pending[4] - 1)
    redis.call('XCLAIM', KEYS[1], group, me, 0, id, 'IDLE', ARGV[5], 'RETRYCOUNT', count, 'JUSTID')
  end
  return 1
end
-- Another consumer may have settled it in the meantime.
if redis.call('XACK', KEYS[1], group, id) == 0 then return 0 end
redis.call('XDEL', KEYS[1], id)
if kind == 'retry' then
  redis.call('ZADD', KEYS[2], now + ARGV[5], id .. ' ' .. ARGV[6] .. ' ' .. ARGV[7] .. ' ' .. ARGV[8])
elseif kind == 'dead' then
  redis.call('XADD', KEYS[3], '*', 'topic', ARGV[5], 'body', ARGV[6])
end
return 1`);

/**
 * Gives back what a consumer was sent and never handled, and leaves.
 *
 * stream, owner; consumer, group, milliseconds after which it may be taken
 */
export const LEAVE = redisScript(`
local me, group = ARGV[1], ARGV[2]
if redis.call('GET', KEYS[2]) == me then redis.call('DEL', KEYS[2]) end
local left = redis.call('XPENDING', KEYS[1], group, '-', '+', 10000, me)
for _, pending in ipairs(left) do
  local count = math.max(0, pending[4] - 1)
  redis.call('XCLAIM', KEYS[1], group, me, 0, pending[1], 'IDLE', ARGV[3], 'RETRYCOUNT', count, 'JUSTID')
end
if #left == 0 then redis.call('XGROUP', 'DELCONSUMER', KEYS[1], group, me) end
return #left`);
