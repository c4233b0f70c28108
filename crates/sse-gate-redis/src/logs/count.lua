-- Says how long logs live from now. One that was not counted is counted in.
-- ARGV: state id; of each log: the log, how long it lives.
local LOGS = P .. 'l:all'
for at = 2, #ARGV, 2 do
  redis.call('ZADD', LOGS, now + ARGV[at + 1], ARGV[at])
end
return 0
