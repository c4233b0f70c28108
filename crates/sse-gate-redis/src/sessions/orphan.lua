-- The sessions of a node that is gone wait for their clients, since the node was last seen.
-- KEYS: state, nodes, nodes that are gone, the node's sessions, sessions in order of their ends; prefixes: of a session,
--   of a subject's sessions that wait.
-- ARGV: state id, node, after which time a node is gone, limit.
-- Answers 1 if there may be more of them, or 0.
if redis.call('HGET', KEYS[1], 'id') ~= ARGV[1] then
  return redis.error_reply('SSEGATECHANGED another state')
end
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local seen = tonumber(redis.call('ZSCORE', KEYS[2], ARGV[2]))
if not seen or now - seen < tonumber(ARGV[3]) then
  return 0
end
-- A server whose memory is full refuses a script whose first write may take memory. This one takes none.
redis.call('ZREM', KEYS[3], '')
local sessions = redis.call('ZRANGE', KEYS[4], 0, ARGV[4] - 1)
for _, id in ipairs(sessions) do
  local found = redis.call('HMGET', KEYS[6] .. id, 'g', 'o', 'e', 'i', 'n', 'c', 'b')
  if found[5] == ARGV[2] and found[6] == '' then
    redis.call('ZADD', KEYS[7] .. found[1], found[2], id)
    redis.call('ZADD', KEYS[5], math.min(found[3], math.max(seen, tonumber(found[7]) or 0) + found[4]), id)
  end
  redis.call('ZREM', KEYS[4], id)
end
if #sessions < tonumber(ARGV[4]) then
  redis.call('ZREM', KEYS[2], ARGV[2])
  redis.call('ZADD', KEYS[3], seen, ARGV[2])
  return 0
end
return 1
