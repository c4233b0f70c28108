-- Finds a session.
-- KEYS: state, nodes, nodes that are gone, prefix of a session, prefix of a token's session.
-- ARGV: state id, 'id' or 'token', session or token, after which time a node is gone.
-- Answers false, or {session, version, record, token, subject, whether attached, whether closed, end, idle, node,
--   now, and when the node was last seen, if it is gone}.
if redis.call('HGET', KEYS[1], 'id') ~= ARGV[1] then
  return redis.error_reply('SSEGATECHANGED another state')
end
local id = ARGV[3]
if ARGV[2] == 'token' then
  id = redis.call('GET', KEYS[5] .. ARGV[3])
  if not id then
    return false
  end
end
local found = redis.call('HMGET', KEYS[4] .. id, 'v', 'r', 't', 'g', 'a', 'c', 'e', 'i', 'n', 'b')
if redis.call('EXISTS', KEYS[4] .. id) == 0 then
  return false
end
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local node, left_at = found[9], ''
if node and node ~= '' then
  local seen = redis.call('ZSCORE', KEYS[2], node)
  if not seen or now - seen >= tonumber(ARGV[4]) then
    -- A step of the session is a sign of life, too.
    local last = math.max(seen or redis.call('ZSCORE', KEYS[3], node) or 0, tonumber(found[10]) or 0)
    left_at = string.format('%.0f', last)
  end
end
for at = 1, 9 do
  found[at] = found[at] or ''
end
return {id, found[1], found[2], found[3], found[4], found[5], found[6] ~= '' and '1' or '0', found[7], found[8],
  node or '', string.format('%.0f', now), left_at}
