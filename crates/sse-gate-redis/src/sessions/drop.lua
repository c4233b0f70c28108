-- Drops a session that can't be read any more, unless it was changed meanwhile.
-- KEYS: state, sessions in order of their ends, closed sessions in order of closing, closed sessions in order of their
--   ends; prefixes: of a session, of a token's session, of a subject's sessions, of those that wait, of a node's
--   sessions.
-- ARGV: state id, session, record.
if redis.call('HGET', KEYS[1], 'id') ~= ARGV[1] then
  return redis.error_reply('SSEGATECHANGED another state')
end
local id = ARGV[2]
local found = redis.call('HMGET', KEYS[5] .. id, 'r', 't', 'g', 'n')
if (found[1] or '') ~= ARGV[3] then
  return 0
end
redis.call('DEL', KEYS[5] .. id)
for at = 2, 4 do
  redis.call('ZREM', KEYS[at], id)
end
if found[2] and redis.call('GET', KEYS[6] .. found[2]) == id then
  redis.call('DEL', KEYS[6] .. found[2])
end
if found[3] then
  redis.call('ZREM', KEYS[7] .. found[3], id)
  redis.call('ZREM', KEYS[8] .. found[3], id)
end
if found[4] and found[4] ~= '' then
  redis.call('ZREM', KEYS[9] .. found[4], id)
end
return 1
