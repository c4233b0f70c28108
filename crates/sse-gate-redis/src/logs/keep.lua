-- Lets the keys of a log in use live on.
-- ARGV: epoch. Answers how long the log lives from now, or 0 if it is gone.
local log = find()
if not log then
  return 0
end
renew(log)
return log.life
