-- Renews places.
-- ARGV: state id, ttl, places with their generations.
-- Answers of each: 'kept', 'replaced' or 'gone'.
-- A server whose memory is full refuses the first write of a script, if that may take memory. A renewal takes none. So
-- the first write is one that is not refused.
redis.call('ZREM', ENDS, '')
local ends = now + ARGV[2]
local answers = {}
for at = 3, #ARGV do
  local id, generation = string.sub(ARGV[at], 1, 16), string.sub(ARGV[at], 17)
  local tag, known = owner(id)
  local answer = 'gone'
  if known == generation then
    last_until(ends, id, tag)
    answer = 'kept'
  elseif known and is_later(known, generation) then
    answer = 'replaced'
  end
  answers[#answers + 1] = answer
end
remove_ended()
return answers
