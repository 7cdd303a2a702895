-- Enters a run, binds a new ledger to its API, and says what the run must know.
-- $1 token, $2 API, $3 host, $4 user, $5 version of the program
WITH durable AS MATERIALIZED (SELECT set_config('synchronous_commit', 'on', true)),
-- An update that changes nothing: it returns what another program has bound at this moment.
bound AS (
    INSERT INTO enrow_phone.meta AS m SELECT 'api', $2 FROM durable
    ON CONFLICT (name) DO UPDATE SET value = m.value RETURNING value),
forgotten AS (DELETE FROM enrow_phone.attempts WHERE tried < clock_timestamp() - interval '7 days'),
entered AS (
    INSERT INTO enrow_phone.runs (token, host, username, version, seen_at)
    SELECT $1, $3, $4, $5, (extract(epoch FROM clock_timestamp()) * 1000)::bigint FROM durable
    ON CONFLICT (token) DO UPDATE SET seen = clock_timestamp() RETURNING id)
SELECT entered.id,
    (SELECT value FROM bound) AS api,
    (SELECT value FROM enrow_phone.meta WHERE name = 'id') AS ledger,
    (SELECT coalesce(array_agg(value), '{}') FROM enrow_phone.meta WHERE name LIKE 'received\_%') AS received,
    (extract(epoch FROM clock_timestamp()) * 1000)::bigint AS now
FROM entered
