-- Reserves as many searches as every budget has room for. The sum does not see what other runs reserve at
-- this moment. The revision of the locked row shows it, and then nothing is reserved. $4 how many searches at
-- least, $5 at most, $6 price, $7 label, $8 run
, durable AS MATERIALIZED (SELECT set_config('synchronous_commit', 'on', true)),
room AS MATERIALIZED (
    SELECT count(*) AS budgets, least($5, min(greatest(s.cap - coalesce(c.spent, 0), 0)::bigint / $6)) AS searches
    FROM seen s LEFT JOIN (SELECT budget, per, sum(credits) AS spent FROM costs GROUP BY budget, per) c
        ON c.budget = s.account AND c.per = s.per),
locked AS MATERIALIZED (
    SELECT b.account, b.per, b.revision FROM enrow_phone.budgets b CROSS JOIN durable
    WHERE (b.account, b.per) IN (SELECT account, per FROM seen) ORDER BY b.account, b.per FOR UPDATE OF b),
verdict AS MATERIALIZED (
    SELECT room.budgets, room.searches, NOT EXISTS (
        SELECT FROM seen s LEFT JOIN locked l ON l.account = s.account AND l.per = s.per
        WHERE l.revision IS DISTINCT FROM s.revision) AS is_sure
    FROM room),
reserved AS (
    INSERT INTO enrow_phone.reservations (nonce, account, at, searches, price, label, host, username)
    SELECT $2, $1, (extract(epoch FROM clock_timestamp()) * 1000)::bigint, v.searches, $6, $7, run.host, run.username
    FROM verdict v LEFT JOIN enrow_phone.runs run ON run.id = $8
    WHERE v.is_sure AND v.budgets > 0 AND v.searches >= $4
    ON CONFLICT (nonce) DO UPDATE SET searches = excluded.searches, price = excluded.price RETURNING searches),
counted AS (
    UPDATE enrow_phone.budgets b SET revision = b.revision + 1 FROM locked l
    WHERE b.account = l.account AND b.per = l.per AND EXISTS (SELECT FROM reserved))
SELECT v.budgets, v.is_sure, (SELECT searches FROM reserved) AS reserved FROM verdict v
