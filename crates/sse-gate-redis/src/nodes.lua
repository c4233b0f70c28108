-- A node gives a sign of life, and hears which nodes are gone.
-- ARGV: state id, node, after which time a node is gone.
-- Answers nodes that are gone, and whose sessions may not know it yet.
local NODES, GONE = P .. 'nodes', P .. 'gone'
-- A server whose memory is full refuses a script whose first write may take memory. This one takes none.
redis.call('ZREM', GONE, ARGV[2])
redis.call('ZADD', NODES, now, ARGV[2])
-- A session that still names a node after this time counts as left at the beginning of time.
redis.call('ZREMRANGEBYSCORE', GONE, '-inf', now - 30 * 86400000)
return redis.call('ZRANGEBYSCORE', NODES, '-inf', now - ARGV[3], 'LIMIT', 0, 16)
