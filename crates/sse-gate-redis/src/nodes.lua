-- A node gives a sign of life, and hears which nodes are gone.
-- ARGV: state id, node, after which time a node is gone.
-- Answers nodes that are gone, and whose sessions may not know it yet.
local GONE, ttl = P .. 'gone', tonumber(ARGV[3])
-- A server whose memory is full refuses a script whose first write may take memory. This one takes none.
redis.call('ZREM', GONE, ARGV[2])
if are_all_silent(ttl) then
  redis.call('HSET', KEYS[1], 'n.since', now)
end
redis.call('ZADD', NODES, now, ARGV[2])
-- A session that still names a node after this time counts as left at the beginning of time.
redis.call('ZREMRANGEBYSCORE', GONE, '-inf', now - 30 * 86400000)
local gone = redis.call('ZRANGEBYSCORE', NODES, '-inf', now - ttl, 'LIMIT', 0, 16)
return #gone > 0 and now - back_at() >= ttl and gone or {}
