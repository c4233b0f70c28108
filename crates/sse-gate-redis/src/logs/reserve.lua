-- Counts a log in that is to be made.
-- KEYS: state, logs. ARGV: state id, log, how long it lives without use, how many logs there may be.
-- Answers 'reserved', 'there' if it is counted already, or 'full'.
if redis.call('HGET', KEYS[1], 'id') ~= ARGV[1] then
  return redis.error_reply('SSEGATECHANGED another state')
end
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
-- Logs that have ended count no more. A step counts out so many of them at most.
local ended = redis.call('ZRANGEBYSCORE', KEYS[2], '-inf', now, 'LIMIT', 0, 64)
if #ended > 0 then
  redis.call('ZREM', KEYS[2], unpack(ended))
end
local ends = redis.call('ZSCORE', KEYS[2], ARGV[2])
local is_there = ends and tonumber(ends) > now
if not is_there and redis.call('ZCOUNT', KEYS[2], '(' .. now, '+inf') >= tonumber(ARGV[4]) then
  return 'full'
end
redis.call('ZADD', KEYS[2], now + ARGV[3], ARGV[2])
return is_there and 'there' or 'reserved'
