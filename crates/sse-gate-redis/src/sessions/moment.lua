-- Tells the present epoch and the time, in milliseconds.
-- ARGV: state id.
return {redis.call('HGET', KEYS[1], 's.epoch'), now}
