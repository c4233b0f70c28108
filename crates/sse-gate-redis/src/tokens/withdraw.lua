-- Begins an epoch, marks a subject in it, and removes the subject's tokens.
-- KEYS: state, marks, ends, owners, payloads, the subject's tokens, prefix of an entry.
-- ARGV: state id, subject, how many subjects are remembered, how many tokens are removed, and '1' if it goes on.
-- Answers {how many were live, whether there are more}.
if redis.call('HGET', KEYS[1], 'id') ~= ARGV[1] then
  return redis.error_reply('SSEGATECHANGED another state')
end
-- A server whose memory is full refuses a script whose first write may take memory. This one takes none.
redis.call('ZREM', KEYS[2], '')
if ARGV[5] == '0' then
  local epoch = redis.call('HINCRBY', KEYS[1], 't.epoch', 1)
  redis.call('ZADD', KEYS[2], epoch, ARGV[2])
  if redis.call('ZCARD', KEYS[2]) > tonumber(ARGV[3]) then
    local forgotten = redis.call('ZPOPMIN', KEYS[2])
    redis.call('HSET', KEYS[1], 't.floor', string.format('%.0f', forgotten[2]))
  end
end
local live = 0
local tokens = redis.call('ZRANGE', KEYS[6], 0, ARGV[4] - 1)
for _, digest in ipairs(tokens) do
  live = live + redis.call('DEL', KEYS[7] .. digest)
  local owner = redis.call('HGET', KEYS[4], digest)
  if owner then
    local bytes = tonumber(string.sub(owner, 17))
    redis.call('HDEL', KEYS[4], digest)
    if bytes > 0 then
      redis.call('HINCRBY', KEYS[5], '', 0 - bytes)
      if redis.call('HINCRBY', KEYS[5], ARGV[2], 0 - bytes) <= 0 then
        redis.call('HDEL', KEYS[5], ARGV[2])
      end
    end
  end
  redis.call('ZREM', KEYS[3], digest)
  redis.call('ZREM', KEYS[6], digest)
end
return {live, #tokens >= tonumber(ARGV[4]) and 1 or 0}
