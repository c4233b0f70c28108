-- Drops the oldest events of a log, until the rest is young enough and leaves room for a new one of this length, or for none
-- if there is no length. It looks at those that it drops, and a few more. Answers whether something was changed.
local function make_room(log, overhead, length)
  local piece, from, stays, freed = 2, '-', nil, 0
  local count = length and redis.call('XLEN', KEYS[2])
  local is_more = true
  while is_more and not stays do
    local found = redis.call('XRANGE', KEYS[2], from, '+', 'COUNT', piece)
    for _, event in ipairs(found) do
      local seq, at = string.match(event[1], '^(%d+)-(%d+)$')
      seq, at = tonumber(seq), tonumber(at)
      local has_room = not length or (count < log.max_events
        and log.bytes - freed + length <= log.max_bytes)
      if seq >= log.first and at > now - log.max_age and has_room then
        stays = seq
        break
      end
      count = count and count - 1
      freed = freed + math.max(0, #(event[2][2] or '') - overhead)
      from = '(' .. event[1]
    end
    is_more = #found == piece
    piece = math.min(piece * 2, 64)
  end
  log.is_empty = not stays
  log.bytes = stays and math.max(0, log.bytes - freed) or 0
  local first = math.min(stays or log.last + 1, log.last + 1)
  if first == log.first and freed == 0 then
    return false
  end
  redis.call('XTRIM', KEYS[2], 'MINID', '=', text(first))
  log.first = first
  return true
end
