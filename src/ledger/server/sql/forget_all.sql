-- Erases everybody and all settled batches. Batches that are not settled stay, with the credits that they
-- hold.
-- $1 whether people who are not to be searched for stay, with their keys
WITH durable AS MATERIALIZED (SELECT set_config('synchronous_commit', 'on', true)),
held AS MATERIALIZED (SELECT b.id, b.state FROM enrow_phone.batches b CROSS JOIN durable ORDER BY b.id FOR UPDATE OF b),
stay AS MATERIALIZED (SELECT id FROM enrow_phone.people WHERE $1 AND status = 5 AND (SELECT count(*) FROM held) >= 0),
people AS (DELETE FROM enrow_phone.people WHERE id NOT IN (SELECT id FROM stay) RETURNING batch),
keys AS (
    DELETE FROM enrow_phone.keys
    WHERE (SELECT count(*) FROM people) >= 0 AND (person IS NULL OR person NOT IN (SELECT id FROM stay))),
unproven AS (DELETE FROM enrow_phone.unproven),
readings AS (DELETE FROM enrow_phone.readings),
savings AS (DELETE FROM enrow_phone.savings),
emptied AS (
    UPDATE enrow_phone.batches b SET open = 0, members = NULL FROM held
    WHERE b.id = held.id AND held.state NOT IN ('completed', 'failed')),
settled AS (DELETE FROM enrow_phone.batches b USING held WHERE b.id = held.id AND held.state IN ('completed', 'failed')),
-- Machines may have seen these batches: a new generation makes that void.
generation AS (
    INSERT INTO enrow_phone.meta AS m SELECT 'generation', ((extract(epoch FROM clock_timestamp()) * 1000)::bigint)::text FROM durable
    ON CONFLICT (name) DO UPDATE SET value = greatest(m.value::bigint + 1, excluded.value::bigint)::text),
books AS (
    UPDATE enrow_phone.accounts SET baseline = NULL, baseline_at = NULL, revision = revision + 1
    WHERE (SELECT count(*) FROM people) >= 0)
SELECT (SELECT count(*) FROM people) AS known,
    (SELECT coalesce(array_agg(DISTINCT batch), '{}') FROM people WHERE batch IS NOT NULL) AS under_way
