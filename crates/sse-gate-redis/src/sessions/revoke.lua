-- Begins an epoch, marks a subject in it, and lists the subject's sessions that are not closed.
-- KEYS: state, marks, the subject's sessions. ARGV: state id, subject, how many subjects are remembered.
if redis.call('HGET', KEYS[1], 'id') ~= ARGV[1] then
  return redis.error_reply('SSEGATECHANGED another state')
end
-- A server whose memory is full refuses a script whose first write may take memory. This one takes none.
redis.call('ZREM', KEYS[2], '')
local epoch = redis.call('HINCRBY', KEYS[1], 's.epoch', 1)
redis.call('ZADD', KEYS[2], epoch, ARGV[2])
if redis.call('ZCARD', KEYS[2]) > tonumber(ARGV[3]) then
  local forgotten = redis.call('ZPOPMIN', KEYS[2])
  redis.call('HSET', KEYS[1], 's.floor', string.format('%.0f', forgotten[2]))
end
return redis.call('ZRANGE', KEYS[3], 0, -1)
