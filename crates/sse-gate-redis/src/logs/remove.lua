-- Frees a log.
-- KEYS: the log's numbers, its events. ARGV: epoch. Answers whether there was one.
if redis.call('HGET', KEYS[1], 'epoch') ~= ARGV[1] then
  return 0
end
redis.call('UNLINK', KEYS[1], KEYS[2])
return 1
