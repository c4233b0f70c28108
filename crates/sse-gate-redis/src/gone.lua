-- Tells whether a node is gone: it has given no sign of life for some time.
-- KEYS: state, nodes. ARGV: state id, node, how long a node may be silent.
if redis.call('HGET', KEYS[1], 'id') ~= ARGV[1] then
  return redis.error_reply('SSEGATECHANGED another state')
end
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local seen = redis.call('ZSCORE', KEYS[2], ARGV[2])
return (not seen or now - seen >= tonumber(ARGV[3])) and 1 or 0
