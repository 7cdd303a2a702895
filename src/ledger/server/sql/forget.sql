-- Erases people, and keeps the digests of those who are not to be searched for again. Batches are locked
-- before people, as everywhere.
-- $1 keys, $2 whether to suppress, $3 now
WITH durable AS MATERIALIZED (SELECT set_config('synchronous_commit', 'on', true)),
clock AS MATERIALIZED (
    SELECT CASE WHEN $3 > last_value THEN setval('enrow_phone.newest_at', $3) ELSE last_value END AS now
    FROM enrow_phone.newest_at),
found AS MATERIALIZED (
    SELECT DISTINCT k.person FROM durable CROSS JOIN unnest($1::uuid[]) asked (key)
    JOIN enrow_phone.keys k ON k.key = asked.key WHERE k.person IS NOT NULL),
held AS MATERIALIZED (
    SELECT b.id FROM enrow_phone.batches b
    WHERE b.id IN (SELECT p.batch FROM found JOIN enrow_phone.people p ON p.id = found.person) ORDER BY b.id FOR UPDATE),
gone AS (
    DELETE FROM enrow_phone.people p USING found, (SELECT count(*) FROM held) h
    WHERE p.id = found.person RETURNING p.id, p.key, p.batch),
doubted AS (DELETE FROM enrow_phone.unproven u USING gone WHERE u.person = gone.id),
own AS (DELETE FROM enrow_phone.keys k USING gone WHERE k.key = gone.key AND k.own AND NOT ($2 AND k.key = ANY ($1::uuid[]))),
other AS (DELETE FROM enrow_phone.keys k USING gone WHERE k.person = gone.id AND NOT k.own AND NOT ($2 AND k.key = ANY ($1::uuid[]))),
fewer AS (
    UPDATE enrow_phone.batches b SET open = greatest(b.open - g.n, 0)
    FROM (SELECT batch, count(*) AS n FROM gone WHERE batch IS NOT NULL GROUP BY batch) g WHERE b.id = g.batch),
entered AS (
    INSERT INTO enrow_phone.people (id, key, status, asked_at)
    SELECT nextval('enrow_phone.person_ids'), key, 5, clock.now
    FROM clock, (SELECT DISTINCT key FROM durable CROSS JOIN unnest($1::uuid[]) asked (key) WHERE $2) k RETURNING id, key),
named AS (
    INSERT INTO enrow_phone.keys (key, person, own) SELECT key, id, true FROM entered ORDER BY key
    ON CONFLICT (key) DO UPDATE SET person = excluded.person, own = true),
counted AS (
    INSERT INTO enrow_phone.meta AS m SELECT 'changes', '1' FROM (SELECT count(*) FROM gone) g
    ON CONFLICT (name) DO UPDATE SET value = (m.value::bigint + 1)::text)
SELECT (SELECT count(*) FROM gone) AS known,
    (SELECT coalesce(array_agg(batch ORDER BY id), '{}') FROM gone WHERE batch IS NOT NULL) AS under_way
