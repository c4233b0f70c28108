-- Counts tokens out, whose values are gone. Answers how many of them counted.
-- KEYS: ends, owners, payloads, prefix of a subject's tokens. ARGV: digests.
local counted = 0
for _, digest in ipairs(ARGV) do
  local owner = redis.call('HGET', KEYS[2], digest)
  if owner then
    counted = counted + 1
    local tag, bytes = string.sub(owner, 1, 16), tonumber(string.sub(owner, 17))
    redis.call('HDEL', KEYS[2], digest)
    redis.call('ZREM', KEYS[1], digest)
    redis.call('ZREM', KEYS[4] .. tag, digest)
    redis.call('HINCRBY', KEYS[3], '', 0 - bytes)
    if redis.call('HINCRBY', KEYS[3], tag, 0 - bytes) <= 0 then
      redis.call('HDEL', KEYS[3], tag)
    end
  end
end
return counted
