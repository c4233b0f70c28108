-- Appends an event.
-- ARGV: epoch, node, run of the server or '', overhead of a value, value, channel, head of the notice.
-- Answers {what became of it, its number, how long the log lives from now or 0}.
local log = find()
if not log or (log.writer ~= '' and log.writer ~= ARGV[2]) then
  return {'closed', 0, 0}
end
if log.ended > 0 then
  return {'ended', 0, 0}
end
local overhead = tonumber(ARGV[4])
local length = #ARGV[5] - overhead
if length > log.max_bytes then
  return {'large', 0, 0}
end
make_room(log, overhead, length)

local function add(seq)
  return redis.pcall('XADD', KEYS[2], text(seq) .. '-' .. text(now), 'v', ARGV[5])
end
local seq = log.last + 1
-- The server may have lost the last events. Readers who have had them would take the next ones for them.
local run = run_of(ARGV[3])
if log.run ~= run then
  seq = seq + 2 ^ 20
end
local added = add(seq)
if type(added) == 'table' and added.err then
  if string.find(added.err, 'OOM', 1, true) then
    return {'full', 0, 0}
  end
  -- The log's numbers say too little: they were changed. No number is given twice.
  local info = redis.call('XINFO', 'STREAM', KEYS[2])
  for at = 1, #info, 2 do
    if info[at] == 'last-generated-id' then
      seq = tonumber(string.match(info[at + 1], '^%d+')) + 1
    end
  end
  added = seq <= MAX and add(seq)
  if type(added) ~= 'string' then
    return {'closed', 0, 0}
  end
end
log.last = seq
log.bytes = log.bytes + length
redis.call('HSET', KEYS[1], 'first', text(log.first), 'last', text(seq), 'bytes', text(log.bytes),
  'run', run)
local life = use(log)
if log.is_empty and life == 0 then
  redis.call('PEXPIREAT', KEYS[2], log.ends)
end
announce(ARGV[6], ARGV[7], log)
return {'appended', seq, life}
