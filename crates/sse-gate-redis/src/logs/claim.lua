-- Makes a node the writer of a log.
-- ARGV: epoch, node, the writer that is gone, or '' if none is known to be.
-- Answers {'done', ''}; {'other', the writer} if the log is that one's; or {'none', ''} if it is not to be claimed.
local log = find()
if not log or log.ended > 0 or log.writer == '' or log.writer == ARGV[2] then
  return {'none', ''}
end
if log.writer ~= ARGV[3] then
  return {'other', log.writer}
end
renew(log)
redis.call('HSET', KEYS[1], 'writer', ARGV[2])
return {'done', ''}
