-- Says how long logs live from now. One that was not counted is counted in.
-- KEYS: state, logs. ARGV: state id; of each log: the log, how long it lives.
if redis.call('HGET', KEYS[1], 'id') ~= ARGV[1] then
  return redis.error_reply('SSEGATECHANGED another state')
end
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
for at = 2, #ARGV, 2 do
  redis.call('ZADD', KEYS[2], now + ARGV[at + 1], ARGV[at])
end
return 0
