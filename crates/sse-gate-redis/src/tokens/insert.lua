-- Stores a token's entry, if there is none under its key, and counts it in.
-- KEYS: state, marks, ends, owners, payloads, the entry; prefixes: of an entry, of a subject's tokens.
-- ARGV: state id, digest, subject, payload, ttl, epoch,
--   caps: tokens, tokens of a subject, payload bytes, payload bytes of a subject;
--   the entry, and which run of the server this must be, or nothing.
-- Answers {'entered'}, {'there'}, {'withdrawn'}, or {'full', cap, milliseconds to wait}.
local digest, subject, payload, ttl = ARGV[2], ARGV[3], tonumber(ARGV[4]), tonumber(ARGV[5])
local state = redis.call('HMGET', KEYS[1], 'id', 't.epoch', 't.floor')
if state[1] ~= ARGV[1] then
  return redis.error_reply('SSEGATECHANGED another state')
end
if ARGV[12] ~= '' then
  local info = redis.call('INFO', 'server') .. redis.call('INFO', 'replication')
  local run = string.match(info, 'run_id:(%w+)'):sub(1, 16) .. string.match(info, 'master_replid:(%w+)'):sub(1, 16)
  if run ~= ARGV[12] then
    return redis.error_reply('SSEGATECHANGED another run')
  end
end
local epoch = tonumber(ARGV[6])
local mark = tonumber(redis.call('ZSCORE', KEYS[2], subject) or state[3])
if epoch > tonumber(state[2]) or epoch < tonumber(state[3]) or epoch < mark then
  return {'withdrawn'}
end
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)

-- Tokens that have ended count no more. A step counts out so many at most, unless more of them are in the way.
local function count_out(limit)
  local ended = redis.call('ZRANGEBYSCORE', KEYS[3], '-inf', now, 'LIMIT', 0, limit)
  for _, one in ipairs(ended) do
    local owner = redis.call('HGET', KEYS[4], one)
    redis.call('ZREM', KEYS[3], one)
    redis.call('DEL', KEYS[7] .. one)
    if owner then
      local tag, bytes = string.sub(owner, 1, 16), tonumber(string.sub(owner, 17))
      redis.call('HDEL', KEYS[4], one)
      redis.call('ZREM', KEYS[8] .. tag, one)
      if bytes > 0 then
        redis.call('HINCRBY', KEYS[5], '', 0 - bytes)
        if redis.call('HINCRBY', KEYS[5], tag, 0 - bytes) <= 0 then
          redis.call('HDEL', KEYS[5], tag)
        end
      end
    end
  end
  return #ended
end
count_out(64)
local of_subject = KEYS[8] .. subject
-- The subject's payloads that have ended come first, as they are in the way of this one.
if payload > 0 then
  for _, one in ipairs(redis.call('ZRANGEBYSCORE', of_subject, '-inf', now, 'LIMIT', 0, 64)) do
    redis.call('ZADD', KEYS[3], 0, one)
  end
  count_out(64)
end
if redis.call('EXISTS', KEYS[6]) == 1 then
  return {'there'}
end

local function wait(key)
  local first = redis.call('ZRANGEBYSCORE', key, '(' .. now, '+inf', 'WITHSCORES', 'LIMIT', 0, 1)
  return first[2] and math.ceil(first[2] - now) or 1000
end
local function used(tag)
  return tonumber(redis.call('HGET', KEYS[5], tag) or 0)
end
if redis.call('ZCOUNT', of_subject, '(' .. now, '+inf') >= tonumber(ARGV[8]) then
  return {'full', 'subject', wait(of_subject)}
end
if payload > 0 and used(subject) + payload > tonumber(ARGV[10]) then
  return {'full', 'subject bytes', wait(of_subject)}
end
while redis.call('ZCARD', KEYS[3]) >= tonumber(ARGV[7]) do
  if count_out(256) == 0 then
    return {'full', 'all', math.min(1000, wait(KEYS[3]))}
  end
end
while payload > 0 and used('') + payload > tonumber(ARGV[9]) do
  if count_out(256) == 0 then
    return {'full', 'all bytes', math.min(1000, wait(KEYS[3]))}
  end
end
redis.call('SET', KEYS[6], ARGV[11], 'NX', 'PX', ttl)
redis.call('ZADD', KEYS[3], now + ttl, digest)
redis.call('ZADD', of_subject, now + ttl, digest)
redis.call('HSET', KEYS[4], digest, subject .. payload)
if payload > 0 then
  redis.call('HINCRBY', KEYS[5], '', payload)
  redis.call('HINCRBY', KEYS[5], subject, payload)
end
return {'entered'}
