-- Reads events. It changes nothing.
-- ARGV: epoch, the number behind which it begins, bytes to read, overhead of a value.
-- Answers {ended, first, last, {number, value, number, value, …}}, or nothing.
local log = find()
if not log then
  return false
end
local start, limit, overhead = math.max(tonumber(ARGV[2]), log.first - 1), tonumber(ARGV[3]), tonumber(ARGV[4])
local events, bytes, piece = {}, 0, 4
local from, to = text(start + 1), text(log.last)
local is_more = start < log.last
while is_more and bytes < limit do
  local found = redis.call('XRANGE', KEYS[2], from, to, 'COUNT', piece)
  for _, event in ipairs(found) do
    local seq, at = string.match(event[1], '^(%d+)-(%d+)$')
    if tonumber(at) > now - log.max_age and bytes < limit then
      local value = event[2][2] or ''
      events[#events + 1] = tonumber(seq)
      events[#events + 1] = value
      bytes = bytes + math.max(1, #value - overhead)
    end
    from = '(' .. event[1]
  end
  is_more = #found == piece
  piece = math.min(piece * 2, 128)
end
return {log.ended, log.first, log.last, events}
