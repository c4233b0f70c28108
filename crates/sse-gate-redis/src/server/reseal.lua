-- Keeps the index key sealed with the newest key.
-- KEYS: state. ARGV: id, index key.
if redis.call('HGET', KEYS[1], 'id') == ARGV[1] then
  redis.call('HSET', KEYS[1], 'index', ARGV[2])
end
return 0
