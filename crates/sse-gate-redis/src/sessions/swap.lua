-- Puts a record in the place of the one of a version, and announces what cuts connections.
-- ARGV: state id, session, version, record, generation, whether attached, whether closed, end, node, channel, notice,
--   the new version, and for a session that was recalled: what the node takes the time for.
-- Answers the time if it did, or false.
local id, at = ARGV[2], tonumber(ARGV[13])
local was = redis.call('HMGET', SESSION .. id, 'v', 'g', 'o', 'y', 'n', 'c')
-- The clock of a node stands still while its machine sleeps.
if was[1] ~= ARGV[3] or (at and now - at > 1000) then
  return false
end
-- A server whose memory is full refuses a script whose first write may take memory. This one takes none.
redis.call('ZREM', DUE, '')
local subject, opened, node = was[2], was[3], was[5]
local attached, closed, ends = ARGV[6] == '1', ARGV[7] == '1', ARGV[8]
local number = was[6]
if number == '' and closed then
  number = redis.call('HINCRBY', KEYS[1], 's.closed', 1)
  redis.call('ZADD', CLOSED, number, id)
  redis.call('ZREM', DUE, id)
  redis.call('ZREM', OPEN .. subject, id)
end
if closed then
  redis.call('ZADD', OVER, ends, id)
else
  redis.call('ZADD', DUE, ends, id)
end
local on = attached and not closed and ARGV[9] or ''
if node ~= '' and node ~= on then
  redis.call('ZREM', ON .. node, id)
end
if on ~= '' then
  redis.call('ZADD', ON .. on, opened, id)
end
if attached or closed then
  redis.call('ZREM', WAITING .. subject, id)
else
  redis.call('ZADD', WAITING .. subject, opened, id)
end
redis.call('HSET', SESSION .. id, 'v', ARGV[12], 'r', ARGV[4], 'y', ARGV[5], 'a', ARGV[6], 'e', ends, 'n', ARGV[9],
  'c', number, 'b', text(now))
if was[4] ~= ARGV[5] or (was[6] == '' and closed) then
  redis.call('PUBLISH', ARGV[10], ARGV[11])
end
return text(now)
