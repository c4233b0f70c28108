-- Lists sessions whose time is up, and forgets closed ones.
-- KEYS: state, nodes, sessions in order of their ends, closed sessions in order of closing, closed sessions in order of
--   their ends; prefixes: of a session, of a token's session, of a subject's sessions, of those that wait, of a node's
--   sessions.
-- ARGV: state id, limit, after which time a node is gone.
-- Answers {whether there may be more, sessions …}.
if redis.call('HGET', KEYS[1], 'id') ~= ARGV[1] then
  return redis.error_reply('SSEGATECHANGED another state')
end
local limit = tonumber(ARGV[2])
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local over = redis.call('ZRANGEBYSCORE', KEYS[5], '-inf', now, 'LIMIT', 0, limit)
for _, id in ipairs(over) do
  local token = redis.call('HGET', KEYS[6] .. id, 't')
  redis.call('DEL', KEYS[6] .. id)
  redis.call('ZREM', KEYS[4], id)
  redis.call('ZREM', KEYS[5], id)
  if token then
    redis.call('DEL', KEYS[7] .. token)
  end
end
local listed = redis.call('ZRANGEBYSCORE', KEYS[3], '-inf', now, 'LIMIT', 0, limit)
local answer = {'0'}
for _, id in ipairs(listed) do
  local found = redis.call('HMGET', KEYS[6] .. id, 'g', 'o', 'a', 'e', 'n')
  local seen = found[5] and found[5] ~= '' and redis.call('ZSCORE', KEYS[2], found[5])
  if not found[1] then
    redis.call('ZREM', KEYS[3], id)
  elseif found[3] == '1' and seen and now - seen < tonumber(ARGV[3]) and tonumber(found[4]) > now then
    -- Its node counted as gone, and is back.
    redis.call('ZADD', KEYS[3], found[4], id)
    redis.call('ZREM', KEYS[9] .. found[1], id)
    redis.call('ZADD', KEYS[10] .. found[5], found[2], id)
  else
    table.insert(answer, id)
  end
end
if #listed > 0 or #over >= limit then
  answer[1] = '1'
end
return answer
