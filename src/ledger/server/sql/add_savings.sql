-- Counts numbers that were not paid for again, at the lowest price that is known.
-- $1 numbers, $2 account, $3 label, $4 now, $5 run
WITH clock AS MATERIALIZED (
    SELECT CASE WHEN $4 > last_value THEN setval('enrow_phone.newest_at', $4) ELSE last_value END AS now
    FROM enrow_phone.newest_at),
price AS MATERIALIZED (SELECT min(price) AS each FROM enrow_phone.accounts),
paying AS (
    INSERT INTO enrow_phone.accounts AS a (digest) SELECT $2::uuid FROM price WHERE $2::uuid IS NOT NULL AND each IS NOT NULL
    ON CONFLICT (digest) DO UPDATE SET revision = a.revision RETURNING id)
INSERT INTO enrow_phone.savings (at, account, label, numbers, credits, host, username)
SELECT clock.now, paying.id, $3, $1, each * $1, run.host, run.username
FROM clock CROSS JOIN price LEFT JOIN paying ON true LEFT JOIN enrow_phone.runs run ON run.id = $5 WHERE each IS NOT NULL
