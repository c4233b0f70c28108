-- Makes an empty log, unless there is one of its name. One that makes no sense any more is replaced.
-- ARGV: '', epoch, writer, limits: events, bytes, age; how long it lives without use, run of the server or ''.
-- Answers 'created', 'exists', or 'full' if the server's memory is.
if find() then
  return 'exists'
end
if redis.call('EXISTS', KEYS[1], KEYS[2]) > 0 then
  redis.call('DEL', KEYS[1], KEYS[2])
end
local made = redis.pcall('HSET', KEYS[1], 'epoch', ARGV[2], 'writer', ARGV[3], 'ended', 0, 'first', 1, 'last', 0,
  'bytes', 0, 'max_events', ARGV[4], 'max_bytes', ARGV[5], 'max_age', ARGV[6], 'life', ARGV[7],
  'ends', text(now + ARGV[7]), 'run', run_of(ARGV[8]))
if type(made) == 'table' and made.err then
  return string.find(made.err, 'OOM', 1, true) and 'full' or made
end
redis.call('PEXPIREAT', KEYS[1], now + ARGV[7])
return 'created'
