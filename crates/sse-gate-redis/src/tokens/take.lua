-- Takes a token's entry, and counts it out. The first write is one that a server with a full memory allows.
-- KEYS: state, ends, owners, payloads, the entry, prefix of a subject's tokens.
-- ARGV: state id, digest, and which run of the server this must be, or nothing.
-- Answers the entry, or false.
if redis.call('HGET', KEYS[1], 'id') ~= ARGV[1] then
  return redis.error_reply('SSEGATECHANGED another state')
end
if ARGV[3] ~= '' then
  local info = redis.call('INFO', 'server') .. redis.call('INFO', 'replication')
  local run = string.match(info, 'run_id:(%w+)'):sub(1, 16) .. string.match(info, 'master_replid:(%w+)'):sub(1, 16)
  if run ~= ARGV[3] then
    return redis.error_reply('SSEGATECHANGED another run')
  end
end
local entry = redis.call('GETDEL', KEYS[5])
if not entry then
  return false
end
local digest = ARGV[2]
local owner = redis.call('HGET', KEYS[3], digest)
if owner then
  local tag, bytes = string.sub(owner, 1, 16), tonumber(string.sub(owner, 17))
  redis.call('HDEL', KEYS[3], digest)
  redis.call('ZREM', KEYS[2], digest)
  redis.call('ZREM', KEYS[6] .. tag, digest)
  if bytes > 0 then
    redis.call('HINCRBY', KEYS[4], '', 0 - bytes)
    if redis.call('HINCRBY', KEYS[4], tag, 0 - bytes) <= 0 then
      redis.call('HDEL', KEYS[4], tag)
    end
  end
end
return entry
