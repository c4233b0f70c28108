-- Begins an epoch, marks a subject in it, and lists the subject's sessions that are not closed.
-- ARGV: state id, subject, how many subjects are remembered.
-- A server whose memory is full refuses a script whose first write may take memory. This one takes none.
redis.call('ZREM', MARKS, '')
local epoch = redis.call('HINCRBY', KEYS[1], 's.epoch', 1)
redis.call('ZADD', MARKS, epoch, ARGV[2])
if redis.call('ZCARD', MARKS) > tonumber(ARGV[3]) then
  local forgotten = redis.call('ZPOPMIN', MARKS)
  redis.call('HSET', KEYS[1], 's.floor', text(forgotten[2]))
end
return redis.call('ZRANGE', OPEN .. ARGV[2], 0, -1)
