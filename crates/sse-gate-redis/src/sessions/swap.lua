-- Puts a record in the place of the one of a version, and announces what cuts connections.
-- KEYS: state, the session, sessions in order of their ends, closed sessions in order of closing, closed sessions in
--   order of their ends; prefixes: of a subject's sessions, of those that wait, of a node's sessions.
-- ARGV: state id, session, version, record, generation, whether attached, whether closed, end, node, channel, notice.
-- Answers 1 if it did, or 0.
if redis.call('HGET', KEYS[1], 'id') ~= ARGV[1] then
  return redis.error_reply('SSEGATECHANGED another state')
end
local id = ARGV[2]
local was = redis.call('HMGET', KEYS[2], 'v', 'g', 'o', 'y', 'n', 'c')
if was[1] ~= ARGV[3] then
  return 0
end
-- A server whose memory is full refuses a script whose first write may take memory. This one takes none.
redis.call('ZREM', KEYS[3], '')
local subject, opened, node = was[2], was[3], was[5]
local attached, closed, ends = ARGV[6] == '1', ARGV[7] == '1', ARGV[8]
local number = was[6]
if number == '' and closed then
  number = redis.call('HINCRBY', KEYS[1], 's.closed', 1)
  redis.call('ZADD', KEYS[4], number, id)
  redis.call('ZREM', KEYS[3], id)
  redis.call('ZREM', KEYS[6] .. subject, id)
end
if closed then
  redis.call('ZADD', KEYS[5], ends, id)
else
  redis.call('ZADD', KEYS[3], ends, id)
end
local on = attached and not closed and ARGV[9] or ''
if node ~= '' and node ~= on then
  redis.call('ZREM', KEYS[8] .. node, id)
end
if on ~= '' then
  redis.call('ZADD', KEYS[8] .. on, opened, id)
end
if attached or closed then
  redis.call('ZREM', KEYS[7] .. subject, id)
else
  redis.call('ZADD', KEYS[7] .. subject, opened, id)
end
local time = redis.call('TIME')
local now = string.format('%.0f', time[1] * 1000 + math.floor(time[2] / 1000))
redis.call('HSET', KEYS[2], 'v', ARGV[3] + 1, 'r', ARGV[4], 'y', ARGV[5], 'a', ARGV[6], 'e', ends, 'n', ARGV[9],
  'c', number, 'b', now)
if was[4] ~= ARGV[5] or (was[6] == '' and closed) then
  redis.call('PUBLISH', ARGV[10], ARGV[11])
end
return 1
