-- Drops a session that can't be read any more, unless it was changed meanwhile.
-- ARGV: state id, session, record.
local id = ARGV[2]
local found = redis.call('HMGET', SESSION .. id, 'r', 't', 'g', 'n')
if (found[1] or '') ~= ARGV[3] then
  return 0
end
redis.call('DEL', SESSION .. id)
for _, set in ipairs({DUE, CLOSED, OVER}) do
  redis.call('ZREM', set, id)
end
if found[2] and redis.call('GET', BY_TOKEN .. found[2]) == id then
  redis.call('DEL', BY_TOKEN .. found[2])
end
if found[3] then
  redis.call('ZREM', OPEN .. found[3], id)
  redis.call('ZREM', WAITING .. found[3], id)
end
if found[4] and found[4] ~= '' then
  redis.call('ZREM', ON .. found[4], id)
end
return 1
