-- Ends a log.
-- ARGV: epoch, node, the writer that is gone, or '' if none is known to be, code of the end, channel, head of the
-- notice. Answers {'done', ''}; {'other', the writer} if the log is that one's; or {'none', ''} if it is ended or gone.
local log = find()
if not log or log.ended > 0 then
  return {'none', ''}
end
if log.writer ~= '' and log.writer ~= ARGV[2] and log.writer ~= ARGV[3] then
  return {'other', log.writer}
end
renew(log)
log.ended = tonumber(ARGV[4])
redis.call('HSET', KEYS[1], 'ended', ARGV[4])
announce(ARGV[5], ARGV[6], log)
return {'done', ''}
