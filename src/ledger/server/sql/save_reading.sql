-- Keeps a balance with batches that are unknown; where there are too many, every second one is deleted.
-- $1 batches, $2 when, $3 balance, $4 how many are too many
WITH kept AS (
    INSERT INTO enrow_phone.readings (batch, at, balance)
    SELECT id, $2, $3 FROM enrow_phone.batches WHERE id = ANY ($1::bigint[]) AND state = 'unknown' ORDER BY id
    ON CONFLICT (batch, at) DO UPDATE SET balance = excluded.balance RETURNING batch)
DELETE FROM enrow_phone.readings r USING (
    SELECT batch, at, row_number() OVER (PARTITION BY batch ORDER BY at) AS n, count(*) OVER (PARTITION BY batch) AS many
    FROM enrow_phone.readings WHERE batch = ANY ($1::bigint[]) AND at != $2) o
WHERE r.batch = o.batch AND r.at = o.at AND o.many >= $4 AND o.n % 2 = 0
