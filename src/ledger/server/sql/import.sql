-- Records answers that came without a claim, where nothing better is known.
-- $1 people, $2 statuses, $3 numbers, $4 countries, $5 now
WITH durable AS MATERIALIZED (SELECT set_config('synchronous_commit', 'on', true)),
clock AS MATERIALIZED (
    SELECT CASE WHEN $5 > last_value THEN setval('enrow_phone.newest_at', $5) ELSE last_value END AS now
    FROM enrow_phone.newest_at),
answers AS MATERIALIZED (
    SELECT DISTINCT ON (person) person, status, number, country, place
    FROM durable CROSS JOIN unnest($1::bigint[], $2::bigint[], $3::text[], $4::text[])
        WITH ORDINALITY a (person, status, number, country, place)
    ORDER BY person, place),
known AS MATERIALIZED (
    SELECT a.*, p.status AS was, p.batch FROM answers a
    CROSS JOIN LATERAL (SELECT status, batch FROM enrow_phone.people p WHERE p.id = a.person FOR NO KEY UPDATE) p),
recorded AS (
    UPDATE enrow_phone.people p
    SET status = k.status, answered_at = clock.now, asked_at = clock.now, number = k.number, country = k.country, note = NULL
    FROM clock, (SELECT * FROM known OFFSET 0) k
    WHERE p.id = k.person AND k.batch IS NULL AND k.was IS DISTINCT FROM 5
        AND (k.status = 1 AND k.was IS DISTINCT FROM 1 OR k.status = 2 AND (k.was IS NULL OR k.was IN (4, 6)))
    RETURNING 1)
SELECT (SELECT count(*) FROM recorded) AS recorded,
    (SELECT coalesce(array_agg(place - 1 ORDER BY place), '{}') FROM known WHERE was = 5) AS suppressed
