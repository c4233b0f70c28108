-- The sessions of a node that is gone wait for their clients, since the node was last seen.
-- ARGV: state id, node, after which time a node is gone, limit.
-- Answers 1 if there may be more of them, or 0.
local alive, seen = is_alive(ARGV[2], ARGV[3])
if alive or not seen then
  return 0
end
-- A server whose memory is full refuses a script whose first write may take memory. This one takes none.
redis.call('ZREM', GONE, '')
local sessions = redis.call('ZRANGE', ON .. ARGV[2], 0, ARGV[4] - 1)
for _, id in ipairs(sessions) do
  local found = redis.call('HMGET', SESSION .. id, 'g', 'o', 'e', 'i', 'n', 'c', 'b')
  if found[5] == ARGV[2] and found[6] == '' then
    redis.call('ZADD', WAITING .. found[1], found[2], id)
    redis.call('ZADD', DUE, math.min(found[3], math.max(seen, tonumber(found[7]) or 0) + found[4]), id)
  end
  redis.call('ZREM', ON .. ARGV[2], id)
end
if #sessions < tonumber(ARGV[4]) then
  redis.call('ZREM', NODES, ARGV[2])
  redis.call('ZADD', GONE, seen, ARGV[2])
  return 0
end
return 1
