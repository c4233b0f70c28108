-- Lists sessions whose time is up, and forgets closed ones.
-- ARGV: state id, limit, after which time a node is gone.
-- Answers {whether there may be more, sessions …}.
local limit = tonumber(ARGV[2])
local over = redis.call('ZRANGEBYSCORE', OVER, '-inf', now, 'LIMIT', 0, limit)
for _, id in ipairs(over) do
  forget(id)
end
local listed = redis.call('ZRANGEBYSCORE', DUE, '-inf', now, 'LIMIT', 0, limit)
local answer = {'0'}
for _, id in ipairs(listed) do
  local found = redis.call('HMGET', SESSION .. id, 'g', 'o', 'a', 'e', 'n')
  local is_connected = found[3] == '1' and found[5] and found[5] ~= '' and is_alive(found[5], ARGV[3])
  if not found[1] then
    redis.call('ZREM', DUE, id)
  elseif is_connected and tonumber(found[4]) > now then
    -- Its node counted as gone, and is back.
    redis.call('ZADD', DUE, found[4], id)
    redis.call('ZREM', WAITING .. found[1], id)
    redis.call('ZADD', ON .. found[5], found[2], id)
  else
    table.insert(answer, id)
  end
end
if #listed > 0 or #over >= limit then
  answer[1] = '1'
end
return answer
