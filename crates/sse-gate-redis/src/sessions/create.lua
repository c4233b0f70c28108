-- Keeps a new session.
-- KEYS: state, marks, sessions in order of their ends, closed sessions in order of closing, closed sessions in order
--   of their ends; prefixes: of a session, of a token's session, of a subject's sessions, of those that wait, of a
--   node's sessions.
-- ARGV: state id, session, token, subject, epoch, record, generation, whether attached, end, idle, node,
--   caps: sessions of a subject, sessions.
-- Answers 'created', 'revoked', 'exists', 'subject' or 'full'.
local id, token, subject = ARGV[2], ARGV[3], ARGV[4]
local state = redis.call('HMGET', KEYS[1], 'id', 's.epoch', 's.floor')
if state[1] ~= ARGV[1] then
  return redis.error_reply('SSEGATECHANGED another state')
end
local epoch, floor = tonumber(ARGV[5]), tonumber(state[3])
local mark = tonumber(redis.call('ZSCORE', KEYS[2], subject) or floor)
if epoch > tonumber(state[2]) or epoch < floor or epoch < mark then
  return 'revoked'
end
local session, by_token = KEYS[6] .. id, KEYS[7] .. token
if redis.call('EXISTS', session) == 1 or redis.call('EXISTS', by_token) == 1 then
  return 'exists'
end
local own = KEYS[8] .. subject
if redis.call('ZCARD', own) >= tonumber(ARGV[12]) then
  -- Those that were lost don't count.
  for _, one in ipairs(redis.call('ZRANGE', own, 0, 63)) do
    if redis.call('EXISTS', KEYS[6] .. one) == 0 then
      redis.call('ZREM', own, one)
      redis.call('ZREM', KEYS[3], one)
    end
  end
  if redis.call('ZCARD', own) >= tonumber(ARGV[12]) then
    return 'subject'
  end
end
while redis.call('ZCARD', KEYS[3]) + redis.call('ZCARD', KEYS[4]) >= tonumber(ARGV[13]) do
  local first = redis.call('ZPOPMIN', KEYS[4])[1]
  if not first then
    return 'full'
  end
  local forgotten = redis.call('HGET', KEYS[6] .. first, 't')
  redis.call('DEL', KEYS[6] .. first)
  redis.call('ZREM', KEYS[5], first)
  if forgotten then
    redis.call('DEL', KEYS[7] .. forgotten)
  end
end
local time = redis.call('TIME')
local now = string.format('%.0f', time[1] * 1000 + math.floor(time[2] / 1000))
local opened = redis.call('HINCRBY', KEYS[1], 's.opened', 1)
redis.call('HSET', session, 'v', 0, 'r', ARGV[6], 't', token, 'g', subject, 'o', opened, 'y', ARGV[7],
  'a', ARGV[8], 'e', ARGV[9], 'i', ARGV[10], 'n', ARGV[11], 'c', '',
  'b', now)
redis.call('SET', by_token, id)
redis.call('ZADD', own, opened, id)
redis.call('ZADD', KEYS[3], ARGV[9], id)
if ARGV[8] == '0' then
  redis.call('ZADD', KEYS[9] .. subject, opened, id)
elseif ARGV[11] ~= '' then
  redis.call('ZADD', KEYS[10] .. ARGV[11], opened, id)
end
return 'created'
