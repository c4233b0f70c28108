-- Lists sessions of a subject that are not closed, the one that was opened first at the beginning.
-- ARGV: state id, subject, whether only those that wait, limit.
local limit = tonumber(ARGV[4])
if limit <= 0 then
  return {}
end
return redis.call('ZRANGE', (ARGV[3] == '1' and WAITING or OPEN) .. ARGV[2], 0, limit - 1)
