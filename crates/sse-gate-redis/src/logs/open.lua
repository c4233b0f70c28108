-- Finds the log of a name, without the events that are too old.
-- ARGV: '', overhead of a value.
-- Answers {epoch, writer, ended, first, last, how long the log lives from now or 0}, or nothing.
local log = find()
if not log then
  return false
end
if make_room(log, tonumber(ARGV[2]), nil) then
  redis.call('HSET', KEYS[1], 'first', text(log.first), 'bytes', text(log.bytes))
end
return {log.epoch, log.writer, log.ended, log.first, log.last, use(log)}
