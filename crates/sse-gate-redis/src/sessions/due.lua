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
  if not found[1] then
    redis.call('ZREM', DUE, id)
  elseif not is_back(id, found, ARGV[3]) then
    table.insert(answer, id)
  end
end
if #listed > 0 or #over >= limit then
  answer[1] = '1'
end
return answer
