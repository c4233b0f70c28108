-- Tells whether there is room for a place. It changes nothing.
-- ARGV: state id, place, how many places there may be.
if is_there(ARGV[2]) or count(ENDS) < tonumber(ARGV[3]) then
  return 1
end
return 0
