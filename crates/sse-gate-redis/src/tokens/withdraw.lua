-- Begins an epoch, marks a subject in it, and removes the subject's tokens.
-- ARGV: state id, subject, how many subjects are remembered, how many tokens are removed, and '1' if it goes on.
-- Answers {how many were live, whether there are more}.
-- A server whose memory is full refuses a script whose first write may take memory. This one takes none.
redis.call('ZREM', MARKS, '')
if ARGV[5] == '0' then
  local epoch = redis.call('HINCRBY', KEYS[1], 't.epoch', 1)
  redis.call('ZADD', MARKS, epoch, ARGV[2])
  if redis.call('ZCARD', MARKS) > tonumber(ARGV[3]) then
    local forgotten = redis.call('ZPOPMIN', MARKS)
    redis.call('HSET', KEYS[1], 't.floor', string.format('%.0f', forgotten[2]))
  end
end
local live = 0
local tokens = redis.call('ZRANGE', OF .. ARGV[2], 0, ARGV[4] - 1)
for _, digest in ipairs(tokens) do
  live = live + redis.call('DEL', ENTRY .. digest)
  count_out(digest)
  redis.call('ZREM', OF .. ARGV[2], digest)
end
return {live, #tokens >= tonumber(ARGV[4]) and 1 or 0}
