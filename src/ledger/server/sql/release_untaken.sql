-- Releases lost batches if nothing has happened since the proof; otherwise the division by zero takes all of
-- it back. Every change raises the revision of its account, so locked accounts with the same revisions
-- prove that there was none.
-- $1 batches, $2 revision, $3 run
WITH durable AS MATERIALIZED (SELECT set_config('synchronous_commit', 'on', true)),
held AS MATERIALIZED (
    SELECT b.id, b.account, b.members, b.nonce FROM enrow_phone.batches b CROSS JOIN durable
    WHERE b.id = ANY ($1::bigint[]) AND b.state = 'unknown' AND b.owner = $3 AND b.experiment IS NULL
    ORDER BY b.id FOR UPDATE OF b),
freed AS (
    UPDATE enrow_phone.people p SET batch = NULL FROM held CROSS JOIN LATERAL unnest(held.members) m (id)
    WHERE p.id = m.id AND p.batch IS NOT DISTINCT FROM held.id RETURNING 1),
returned AS (DELETE FROM enrow_phone.reservations r USING held WHERE r.nonce = held.nonce),
old_readings AS (DELETE FROM enrow_phone.readings r USING held WHERE r.batch = held.id),
gone AS (DELETE FROM enrow_phone.batches b USING held WHERE b.id = held.id RETURNING b.nonce),
tombstone AS (INSERT INTO enrow_phone.released SELECT nonce FROM gone ON CONFLICT DO NOTHING),
locked AS MATERIALIZED (
    SELECT a.id, a.revision FROM enrow_phone.accounts a WHERE (SELECT count(*) FROM freed) >= 0 ORDER BY a.id FOR UPDATE),
counted AS (
    UPDATE enrow_phone.accounts a SET revision = a.revision + 1
    FROM locked WHERE a.id = locked.id AND a.id IN (SELECT account FROM held))
SELECT 1 / (CASE WHEN (SELECT coalesce(sum(revision), 0) FROM locked) = $2
    AND (SELECT count(*) FROM held) = cardinality($1::bigint[]) THEN 1 ELSE 0 END) AS one
