-- Tells the present epoch.
-- KEYS: state. ARGV: state id.
local state = redis.call('HMGET', KEYS[1], 'id', 't.epoch')
if state[1] ~= ARGV[1] then
  return redis.error_reply('SSEGATECHANGED another state')
end
return state[2]
