-- Tells whether a node is gone: it has given no sign of life for some time.
-- ARGV: state id, node, how long a node may be silent.
return is_alive(ARGV[2], ARGV[3]) and 0 or 1
