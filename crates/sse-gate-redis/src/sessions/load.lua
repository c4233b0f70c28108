-- Finds a session.
-- ARGV: state id, 'id' or 'token', session or token, after which time a node is gone.
-- Answers false, or {session, version, record, token, subject, whether attached, whether closed, end, idle, node,
--   now, and when the node was last seen, if it is gone}.
local id = ARGV[3]
if ARGV[2] == 'token' then
  id = redis.call('GET', BY_TOKEN .. ARGV[3])
  if not id then
    return false
  end
end
local found = redis.call('HMGET', SESSION .. id, 'v', 'r', 't', 'g', 'a', 'c', 'e', 'i', 'n', 'b')
if redis.call('EXISTS', SESSION .. id) == 0 then
  return false
end
local node, left_at = found[9], ''
if node and node ~= '' then
  local alive, seen = is_alive(node, ARGV[4])
  if not alive then
    -- A step of the session is a sign of life, too.
    left_at = text(math.max(seen or redis.call('ZSCORE', GONE, node) or 0, tonumber(found[10]) or 0))
  end
end
for at = 1, 9 do
  found[at] = found[at] or ''
end
return {id, found[1], found[2], found[3], found[4], found[5], found[6] ~= '' and '1' or '0', found[7], found[8],
  node or '', text(now), left_at}
