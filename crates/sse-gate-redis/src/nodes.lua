-- A node gives a sign of life.
-- KEYS: state, nodes. ARGV: state id, node.
if redis.call('HGET', KEYS[1], 'id') ~= ARGV[1] then
  return redis.error_reply('SSEGATECHANGED another state')
end
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
redis.call('ZADD', KEYS[2], now, ARGV[2])
-- What a node has left ends within a day, so that a day later nobody asks for the node.
redis.call('ZREMRANGEBYSCORE', KEYS[2], '-inf', now - 2 * 86400000)
return now
