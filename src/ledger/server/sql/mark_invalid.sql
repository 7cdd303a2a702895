-- $1 person, $2 message, $3 now
WITH durable AS MATERIALIZED (SELECT set_config('synchronous_commit', 'on', true)),
clock AS MATERIALIZED (
    SELECT CASE WHEN $3 > last_value THEN setval('enrow_phone.newest_at', $3) ELSE last_value END AS now
    FROM enrow_phone.newest_at)
UPDATE enrow_phone.people
SET status = 3, note = $2, asked_at = clock.now, answered_at = clock.now, number = NULL, country = NULL
FROM durable, clock WHERE id = $1 AND batch IS NULL AND (status IS NULL OR status NOT IN (1, 5))
