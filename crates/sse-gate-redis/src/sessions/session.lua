-- What all scripts of sessions begin with.
local GONE, MARKS = P .. 'gone', P .. 's:marks'
local DUE, CLOSED, OVER = P .. 's:due', P .. 's:closed', P .. 's:over'
-- Behind these stands a session, a token, a subject's tag, or a node.
local SESSION, BY_TOKEN, OPEN, WAITING, ON = P .. 's:r:', P .. 's:k:', P .. 's:of:', P .. 's:wait:', P .. 's:on:'

local function text(number)
  return string.format('%.0f', number)
end

-- Forgets a closed session.
local function forget(id)
  local token = redis.call('HGET', SESSION .. id, 't')
  redis.call('DEL', SESSION .. id)
  redis.call('ZREM', CLOSED, id)
  redis.call('ZREM', OVER, id)
  if token then
    redis.call('DEL', BY_TOKEN .. token)
  end
end
