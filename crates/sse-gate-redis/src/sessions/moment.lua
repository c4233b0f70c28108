-- Tells the present epoch and the time, in milliseconds.
-- KEYS: state. ARGV: state id.
local state = redis.call('HMGET', KEYS[1], 'id', 's.epoch')
if state[1] ~= ARGV[1] then
  return redis.error_reply('SSEGATECHANGED another state')
end
local time = redis.call('TIME')
return {state[2], time[1] * 1000 + math.floor(time[2] / 1000)}
