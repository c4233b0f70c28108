-- Lists sessions of a subject that are not closed, the one that was opened first at the beginning.
-- ARGV: state id, subject, whether only those that wait, limit, after which time a node is gone.
local only_waiting, limit = ARGV[3] == '1', tonumber(ARGV[4])
local set, answer = (only_waiting and WAITING or OPEN) .. ARGV[2], {}
while #answer < limit do
  -- Those that are left to their nodes are not in the set any more.
  local listed = redis.call('ZRANGE', set, #answer, limit - 1)
  if #listed == 0 then
    break
  end
  for _, id in ipairs(listed) do
    local found = only_waiting and redis.call('HMGET', SESSION .. id, 'g', 'o', 'a', 'e', 'n')
    if not (found and found[1] == ARGV[2] and is_back(id, found, ARGV[5])) then
      table.insert(answer, id)
    end
  end
end
return answer
