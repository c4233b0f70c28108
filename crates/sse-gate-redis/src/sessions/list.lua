-- Lists sessions of a subject, the one that was opened first at the beginning.
-- KEYS: state, the subject's sessions, or those that wait. ARGV: state id, limit.
if redis.call('HGET', KEYS[1], 'id') ~= ARGV[1] then
  return redis.error_reply('SSEGATECHANGED another state')
end
if tonumber(ARGV[2]) <= 0 then
  return {}
end
return redis.call('ZRANGE', KEYS[2], 0, ARGV[2] - 1)
