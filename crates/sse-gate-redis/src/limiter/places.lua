-- What all scripts of places begin with.
-- KEYS: state, ends, owners, prefix of a subject's places. ARGV: state id, and what the script needs.
-- A place is 16 bytes, its owner is a subject's tag of 16 bytes and a generation of 8 bytes.
if redis.call('HGET', KEYS[1], 'id') ~= ARGV[1] then
  return redis.error_reply('SSEGATECHANGED another state')
end
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)

local function is_there(id)
  local ends = redis.call('ZSCORE', KEYS[2], id)
  return ends and tonumber(ends) > now
end

-- The tag and the generation of a place that is there.
local function owner(id)
  local found = is_there(id) and redis.call('HGET', KEYS[3], id)
  if found then
    return string.sub(found, 1, 16), string.sub(found, 17)
  end
end

-- How many places of a set are there. Those that have ended may still be in it.
local function count(key)
  return redis.call('ZCOUNT', key, '(' .. now, '+inf')
end

local function last_until(ends, id, tag)
  redis.call('ZADD', KEYS[2], ends, id)
  redis.call('ZADD', KEYS[4] .. tag, ends, id)
end

local function remove(id)
  local found = redis.call('HGET', KEYS[3], id)
  redis.call('ZREM', KEYS[2], id)
  redis.call('HDEL', KEYS[3], id)
  if found then
    redis.call('ZREM', KEYS[4] .. string.sub(found, 1, 16), id)
  end
end

-- Removes places that have ended: a few, so that no step waits for many.
local function remove_ended()
  for _, id in ipairs(redis.call('ZRANGEBYSCORE', KEYS[2], '-inf', now, 'LIMIT', 0, 32)) do
    remove(id)
  end
end

-- Compares halves: a number of 64 bits does not fit into one of Lua's.
local function is_later(generation, other)
  local high, low = struct.unpack('>I4I4', generation)
  local other_high, other_low = struct.unpack('>I4I4', other)
  return high > other_high or (high == other_high and low > other_low)
end

