-- Begins the state under a prefix, or tells what it is.
-- KEYS: state. ARGV: id, realm, index key; the id that the node has known, and '1' if in another run of the server.
local found = redis.call('HMGET', KEYS[1], 'id', 'realm', 'index')
if not found[1] then
  if redis.call('EXISTS', KEYS[1]) == 1 then
    return redis.error_reply('WRONGTYPE the state has no id')
  end
  found = {ARGV[1], ARGV[2], ARGV[3]}
  redis.call('HSET', KEYS[1], 'id', ARGV[1], 'realm', ARGV[2], 'index', ARGV[3],
    't.epoch', 0, 't.floor', 0, 's.epoch', 0, 's.floor', 0)
end
-- Marks of withdrawals may be lost. So all epochs that the node has read are too old from now on.
if ARGV[4] ~= '' and (ARGV[4] ~= found[1] or ARGV[5] == '1') then
  local time = redis.call('TIME')
  local epoch = time[1] * 1000000 + time[2]
  for _, kind in ipairs({'t', 's'}) do
    local next = math.max(epoch, redis.call('HGET', KEYS[1], kind .. '.epoch') + 1)
    local text = string.format('%.0f', next)
    redis.call('HSET', KEYS[1], kind .. '.epoch', text, kind .. '.floor', text)
  end
end
return found
