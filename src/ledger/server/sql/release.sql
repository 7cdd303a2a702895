-- Gives up a claim.
-- $1 batch, $2 whether for good: then what was reserved of a budget comes back, too; $3 its nonce, where this
-- run has claimed it. Nothing comes back for a batch that is running or done; a batch that is gone was given
-- up.
WITH durable AS MATERIALIZED (SELECT set_config('synchronous_commit', 'on', true)),
held AS MATERIALIZED (SELECT id FROM enrow_phone.batches, durable
    WHERE id = $1 AND nonce = coalesce($3, nonce) AND state IN ('sending', 'unknown') FOR UPDATE OF batches),
old_readings AS (DELETE FROM enrow_phone.readings r USING held WHERE r.batch = held.id),
gone AS (DELETE FROM enrow_phone.batches b USING held WHERE b.id = held.id RETURNING b.account, b.members, b.nonce),
returned AS (DELETE FROM enrow_phone.reservations r USING gone WHERE r.nonce = gone.nonce AND $2),
tombstone AS (INSERT INTO enrow_phone.released SELECT nonce FROM gone WHERE $2 ON CONFLICT DO NOTHING),
freed AS (
    UPDATE enrow_phone.people p SET batch = NULL
    FROM gone, unnest(gone.members) m (id) WHERE p.id = m.id AND p.batch IS NOT DISTINCT FROM $1 RETURNING 1),
done AS MATERIALIZED (SELECT count(*) AS n FROM freed),
counted AS (UPDATE enrow_phone.accounts a SET revision = revision + 1 FROM gone, done WHERE a.id = gone.account)
SELECT EXISTS (SELECT FROM gone) AS released, NOT EXISTS (SELECT FROM enrow_phone.batches WHERE id = $1) AS was_gone FROM done
