-- What all scripts of places begin with.
-- A place is 16 bytes, its owner is a subject's tag of 16 bytes and a generation of 8 bytes.
-- Behind the last one stands a subject's tag.
local ENDS, OWNERS, OF = P .. 'p:ends', P .. 'p:owners', P .. 'p:of:'

local function is_there(id)
  local ends = redis.call('ZSCORE', ENDS, id)
  return ends and tonumber(ends) > now
end

-- The tag and the generation of a place that is there.
local function owner(id)
  local found = is_there(id) and redis.call('HGET', OWNERS, id)
  if found then
    return string.sub(found, 1, 16), string.sub(found, 17)
  end
end

-- How many places of a set are there. Those that have ended may still be in it.
local function count(key)
  return redis.call('ZCOUNT', key, '(' .. now, '+inf')
end

local function last_until(ends, id, tag)
  redis.call('ZADD', ENDS, ends, id)
  redis.call('ZADD', OF .. tag, ends, id)
end

local function remove(id)
  local found = redis.call('HGET', OWNERS, id)
  redis.call('ZREM', ENDS, id)
  redis.call('HDEL', OWNERS, id)
  if found then
    redis.call('ZREM', OF .. string.sub(found, 1, 16), id)
  end
end

-- Removes places that have ended: a few, so that no step waits for many.
local function remove_ended()
  for _, id in ipairs(redis.call('ZRANGEBYSCORE', ENDS, '-inf', now, 'LIMIT', 0, 32)) do
    remove(id)
  end
end

-- Compares halves: a number of 64 bits does not fit into one of Lua's.
local function is_later(generation, other)
  local high, low = struct.unpack('>I4I4', generation)
  local other_high, other_low = struct.unpack('>I4I4', other)
  return high > other_high or (high == other_high and low > other_low)
end

