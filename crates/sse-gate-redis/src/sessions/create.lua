-- Keeps a new session.
-- ARGV: state id, session, token, subject, epoch, record, generation, whether attached, end, idle, node,
--   caps: sessions of a subject, sessions.
-- Answers the time if it did, or 'revoked', 'exists', 'subject' or 'full'.
local id, token, subject = ARGV[2], ARGV[3], ARGV[4]
local state = redis.call('HMGET', KEYS[1], 's.epoch', 's.floor')
local epoch, floor = tonumber(ARGV[5]), tonumber(state[2])
local mark = tonumber(redis.call('ZSCORE', MARKS, subject) or floor)
if epoch > tonumber(state[1]) or epoch < floor or epoch < mark then
  return 'revoked'
end
local session, by_token = SESSION .. id, BY_TOKEN .. token
if redis.call('EXISTS', session) == 1 or redis.call('EXISTS', by_token) == 1 then
  return 'exists'
end
local own = OPEN .. subject
if redis.call('ZCARD', own) >= tonumber(ARGV[12]) then
  -- Those that were lost don't count.
  for _, one in ipairs(redis.call('ZRANGE', own, 0, 63)) do
    if redis.call('EXISTS', SESSION .. one) == 0 then
      redis.call('ZREM', own, one)
      redis.call('ZREM', DUE, one)
    end
  end
  if redis.call('ZCARD', own) >= tonumber(ARGV[12]) then
    return 'subject'
  end
end
while redis.call('ZCARD', DUE) + redis.call('ZCARD', CLOSED) >= tonumber(ARGV[13]) do
  local first = redis.call('ZPOPMIN', CLOSED)[1]
  if not first then
    return 'full'
  end
  forget(first)
end
local opened = redis.call('HINCRBY', KEYS[1], 's.opened', 1)
redis.call('HSET', session, 'v', 0, 'r', ARGV[6], 't', token, 'g', subject, 'o', opened, 'y', ARGV[7],
  'a', ARGV[8], 'e', ARGV[9], 'i', ARGV[10], 'n', ARGV[11], 'c', '',
  'b', text(now))
redis.call('SET', by_token, id)
redis.call('ZADD', own, opened, id)
redis.call('ZADD', DUE, ARGV[9], id)
if ARGV[8] == '0' then
  redis.call('ZADD', WAITING .. subject, opened, id)
elseif ARGV[11] ~= '' then
  redis.call('ZADD', ON .. ARGV[11], opened, id)
end
return text(now)
