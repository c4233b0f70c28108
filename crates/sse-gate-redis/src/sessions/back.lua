-- Leaves a session to its node, if that counted as gone and is back. Answers whether it did.
-- found: subject, number in the order of opening, whether attached, end, node.
local function is_back(id, found, ttl)
  local subject, attached, node = found[1], found[3] == '1', found[5]
  local opened, ends = tonumber(found[2]), tonumber(found[4])
  if not (subject and attached and node and node ~= '' and opened and ends and ends > now and is_alive(node, ttl)) then
    return false
  end
  -- A server whose memory is full refuses a script whose first write may take memory. This one takes none.
  redis.call('ZREM', WAITING .. subject, id)
  redis.call('ZADD', DUE, ends, id)
  redis.call('ZADD', ON .. node, opened, id)
  return true
end

