-- Counts a log in that is to be made.
-- ARGV: state id, log, how long it lives without use, how many logs there may be.
-- Answers 'reserved', 'there' if it is counted already, or 'full'.
local LOGS = P .. 'l:all'
-- Logs that have ended count no more. A step counts out so many of them at most.
local ended = redis.call('ZRANGEBYSCORE', LOGS, '-inf', now, 'LIMIT', 0, 64)
if #ended > 0 then
  redis.call('ZREM', LOGS, unpack(ended))
end
local ends = redis.call('ZSCORE', LOGS, ARGV[2])
local is_there = ends and tonumber(ends) > now
if not is_there and redis.call('ZCOUNT', LOGS, '(' .. now, '+inf') >= tonumber(ARGV[4]) then
  return 'full'
end
redis.call('ZADD', LOGS, now + ARGV[3], ARGV[2])
return is_there and 'there' or 'reserved'
