-- What the scripts of a log share. It stands before each of them.
-- KEYS: the log's numbers, its events. ARGV[1]: its epoch, or '' for the log of any epoch.
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local NUMBERS = {'ended', 'first', 'last', 'bytes', 'max_events', 'max_bytes', 'max_age', 'life', 'ends'}
-- Larger numbers are not exact in Lua.
local MAX = 2 ^ 52
-- The keys are renewed at most this often, in milliseconds.
local PAUSE = 300000

local function text(number)
  return string.format('%.0f', number)
end

-- The run of this server. It is given, but not in a cluster.
local function run_of(given)
  if given ~= '' then
    return given
  end
  local info = redis.call('INFO', 'server') .. redis.call('INFO', 'replication')
  local run = string.match(info, 'run_id:(%w+)'):sub(1, 16) .. string.match(info, 'master_replid:(%w+)'):sub(1, 16)
  return run
end

-- The log, or nil if it is gone or makes no sense.
local function find()
  local found = redis.call('HMGET', KEYS[1], 'epoch', 'writer', 'run', unpack(NUMBERS))
  local log = {epoch = found[1], writer = found[2], run = found[3]}
  if not log.epoch or #log.epoch ~= 8 or (ARGV[1] ~= '' and log.epoch ~= ARGV[1]) then
    return nil
  end
  if not log.writer or (#log.writer ~= 0 and #log.writer ~= 8) then
    return nil
  end
  for at, name in ipairs(NUMBERS) do
    local number = tonumber(found[at + 3])
    if not number or number < 0 or number > MAX or number % 1 ~= 0 then
      return nil
    end
    log[name] = number
  end
  if log.first < 1 or log.first > log.last + 1 or log.ended > 2 or log.life < 1 then
    return nil
  end
  return log
end

-- The keys live on from now. A server whose memory is full lets a script write once it has done this.
local function renew(log)
  log.ends = now + log.life
  redis.call('PEXPIREAT', KEYS[1], log.ends)
  redis.call('PEXPIREAT', KEYS[2], log.ends)
  redis.call('HSET', KEYS[1], 'ends', text(log.ends))
end

-- Renews the keys if it is time to. Answers how long the log lives from now, or 0 if nothing was done.
local function use(log)
  local left = log.ends - now
  if left > math.max(0, log.life - PAUSE) and left <= log.life then
    return 0
  end
  renew(log)
  return log.life
end

-- What the other nodes are told. `head` is the notice up to its log.
local function announce(channel, head, log)
  redis.call('PUBLISH', channel, head .. struct.pack('>I8', log.last) .. string.char(log.ended))
end
