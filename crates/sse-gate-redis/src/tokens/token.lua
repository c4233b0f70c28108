-- What all scripts of tokens begin with.
local ENDS, OWNERS, PAYLOADS, MARKS = P .. 't:ends', P .. 't:owners', P .. 't:payloads', P .. 't:marks'
-- Behind these stands a digest, or a subject's tag.
local ENTRY, OF = P .. 't:e:', P .. 't:of:'

-- Whether this is another run of the server than it must be. It is not asked if the connection tells.
local function is_other_run(expected)
  if expected == '' then
    return false
  end
  local info = redis.call('INFO', 'server') .. redis.call('INFO', 'replication')
  local run = string.match(info, 'run_id:(%w+)'):sub(1, 16) .. string.match(info, 'master_replid:(%w+)'):sub(1, 16)
  return run ~= expected
end

-- Counts a token out, whose entry is gone.
local function count_out(digest)
  local owner = redis.call('HGET', OWNERS, digest)
  redis.call('ZREM', ENDS, digest)
  if not owner then
    return
  end
  local tag, bytes = string.sub(owner, 1, 16), tonumber(string.sub(owner, 17))
  redis.call('HDEL', OWNERS, digest)
  redis.call('ZREM', OF .. tag, digest)
  if bytes > 0 then
    redis.call('HINCRBY', PAYLOADS, '', 0 - bytes)
    if redis.call('HINCRBY', PAYLOADS, tag, 0 - bytes) <= 0 then
      redis.call('HDEL', PAYLOADS, tag)
    end
  end
end
