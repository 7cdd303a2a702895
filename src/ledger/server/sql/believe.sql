-- Notes which server holds the ledger. $1 the server, $2 the one that it is believed to be, if any
WITH durable AS MATERIALIZED (SELECT set_config('synchronous_commit', 'on', true))
INSERT INTO enrow_phone.meta AS m SELECT 'server', $1 FROM durable
ON CONFLICT (name) DO UPDATE SET value = excluded.value WHERE m.value = $2
