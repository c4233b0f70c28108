-- What scripts that ask for nodes begin with.
-- While the server is away, no node can give a sign of life. So that time is not counted.
local NODES = P .. 'nodes'

-- Whether no node has given a sign of life lately: the server was away, and none is back yet.
local function are_all_silent(ttl)
  local newest = redis.call('ZRANGE', NODES, -1, -1, 'WITHSCORES')[2]
  return newest and now - newest >= tonumber(ttl)
end

-- When the server was back last, or 0. Its clock may have been set back since then.
local function back_at()
  local at = tonumber(redis.call('HGET', KEYS[1], 'n.since') or 0)
  return at <= now and at or 0
end

-- Whether a node has given a sign of life lately, and when it was seen last, if it is known.
local function is_alive(node, ttl)
  local seen = tonumber(redis.call('ZSCORE', NODES, node))
  if seen and now - seen >= tonumber(ttl) then
    seen = math.max(seen, back_at())
  end
  return seen and (now - seen < tonumber(ttl) or are_all_silent(ttl)), seen
end

