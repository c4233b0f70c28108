-- Frees places.
-- ARGV: state id, places with their generations.
for at = 2, #ARGV do
  local id, generation = string.sub(ARGV[at], 1, 16), string.sub(ARGV[at], 17)
  local _, known = owner(id)
  if known == generation then
    remove(id)
  end
end
return 0
