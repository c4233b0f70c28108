-- Tells whether a node is gone: it has given no sign of life for some time.
-- ARGV: state id, node, how long a node may be silent.
local NODES = P .. 'nodes'
local seen = redis.call('ZSCORE', NODES, ARGV[2])
return (not seen or now - seen >= tonumber(ARGV[3])) and 1 or 0
