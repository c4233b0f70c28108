-- What all scripts of the shared slot begin with.
-- KEYS: state. All other keys begin as that does. ARGV[1]: state id.
if redis.call('HGET', KEYS[1], 'id') ~= ARGV[1] then
  return redis.error_reply('SSEGATECHANGED another state')
end
local P = string.sub(KEYS[1], 1, -string.len('state') - 1)
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)

