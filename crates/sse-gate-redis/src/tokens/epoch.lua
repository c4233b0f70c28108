-- Tells the present epoch.
-- ARGV: state id.
return redis.call('HGET', KEYS[1], 't.epoch')
