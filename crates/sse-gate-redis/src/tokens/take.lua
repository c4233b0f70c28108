-- Takes a token's entry, and counts it out. The first write is one that a server with a full memory allows.
-- ARGV: state id, digest, and which run of the server this must be, or nothing.
-- Answers the entry, or false.
if is_other_run(ARGV[3]) then
  return redis.error_reply('SSEGATECHANGED another run')
end
local entry = redis.call('GETDEL', ENTRY .. ARGV[2])
if entry then
  count_out(ARGV[2])
end
return entry
