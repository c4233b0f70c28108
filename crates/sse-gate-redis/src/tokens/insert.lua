-- Stores a token's entry, if there is none under its key, and counts it in.
-- ARGV: state id, digest, subject, payload, ttl, epoch,
--   caps: tokens, tokens of a subject, payload bytes, payload bytes of a subject;
--   the entry, and which run of the server this must be, or nothing.
-- Answers {'entered'}, {'there'}, {'withdrawn'}, or {'full', cap, milliseconds to wait}.
local digest, subject, payload, ttl = ARGV[2], ARGV[3], tonumber(ARGV[4]), tonumber(ARGV[5])
if is_other_run(ARGV[12]) then
  return redis.error_reply('SSEGATECHANGED another run')
end
local state = redis.call('HMGET', KEYS[1], 't.epoch', 't.floor')
local epoch, floor = tonumber(ARGV[6]), tonumber(state[2])
local mark = tonumber(redis.call('ZSCORE', MARKS, subject) or floor)
if epoch > tonumber(state[1]) or epoch < floor or epoch < mark then
  return {'withdrawn'}
end

-- Tokens that have ended count no more. A step counts out so many at most, unless more of them are in the way.
local function count_out_ended(limit)
  local ended = redis.call('ZRANGEBYSCORE', ENDS, '-inf', now, 'LIMIT', 0, limit)
  for _, one in ipairs(ended) do
    redis.call('DEL', ENTRY .. one)
    count_out(one)
  end
  return #ended
end
count_out_ended(64)
local of_subject = OF .. subject
-- The subject's payloads that have ended come first, as they are in the way of this one.
if payload > 0 then
  for _, one in ipairs(redis.call('ZRANGEBYSCORE', of_subject, '-inf', now, 'LIMIT', 0, 64)) do
    redis.call('ZADD', ENDS, 0, one)
  end
  count_out_ended(64)
end
if redis.call('EXISTS', ENTRY .. digest) == 1 then
  return {'there'}
end

local function wait(key)
  local first = redis.call('ZRANGEBYSCORE', key, '(' .. now, '+inf', 'WITHSCORES', 'LIMIT', 0, 1)
  return first[2] and math.ceil(first[2] - now) or 1000
end
local function used(tag)
  return tonumber(redis.call('HGET', PAYLOADS, tag) or 0)
end
if redis.call('ZCOUNT', of_subject, '(' .. now, '+inf') >= tonumber(ARGV[8]) then
  return {'full', 'subject', wait(of_subject)}
end
if payload > 0 and used(subject) + payload > tonumber(ARGV[10]) then
  return {'full', 'subject bytes', wait(of_subject)}
end
while redis.call('ZCARD', ENDS) >= tonumber(ARGV[7]) do
  if count_out_ended(256) == 0 then
    return {'full', 'all', math.min(1000, wait(ENDS))}
  end
end
while payload > 0 and used('') + payload > tonumber(ARGV[9]) do
  if count_out_ended(256) == 0 then
    return {'full', 'all bytes', math.min(1000, wait(ENDS))}
  end
end
redis.call('SET', ENTRY .. digest, ARGV[11], 'NX', 'PX', ttl)
redis.call('ZADD', ENDS, now + ttl, digest)
redis.call('ZADD', of_subject, now + ttl, digest)
redis.call('HSET', OWNERS, digest, subject .. payload)
if payload > 0 then
  redis.call('HINCRBY', PAYLOADS, '', payload)
  redis.call('HINCRBY', PAYLOADS, subject, payload)
end
return {'entered'}
