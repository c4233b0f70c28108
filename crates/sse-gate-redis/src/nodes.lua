-- A node gives a sign of life, and hears which nodes are gone.
-- KEYS: state, nodes, nodes that are gone. ARGV: state id, node, after which time a node is gone.
-- Answers nodes that are gone, and whose sessions may not know it yet.
if redis.call('HGET', KEYS[1], 'id') ~= ARGV[1] then
  return redis.error_reply('SSEGATECHANGED another state')
end
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
-- A server whose memory is full refuses a script whose first write may take memory. This one takes none.
redis.call('ZREM', KEYS[3], ARGV[2])
redis.call('ZADD', KEYS[2], now, ARGV[2])
-- A session that still names a node after this time counts as left at the beginning of time.
redis.call('ZREMRANGEBYSCORE', KEYS[3], '-inf', now - 30 * 86400000)
return redis.call('ZRANGEBYSCORE', KEYS[2], '-inf', now - ARGV[3], 'LIMIT', 0, 16)
