-- Claims a place.
-- ARGV: state id, place, tag, generation, ttl, caps: places of a subject, places.
-- Answers 'granted', 'replaced', 'subject' or 'all': the cap that was reached.
local id, tag, generation = ARGV[2], ARGV[3], ARGV[4]
remove_ended()
local known_tag, known = owner(id)
if known then
  if is_later(known, generation) then
    return 'replaced'
  end
  tag = known_tag
elseif count(OF .. tag) >= tonumber(ARGV[6]) then
  return 'subject'
elseif count(ENDS) >= tonumber(ARGV[7]) then
  return 'all'
end
last_until(now + ARGV[5], id, tag)
redis.call('HSET', OWNERS, id, tag .. generation)
return 'granted'
