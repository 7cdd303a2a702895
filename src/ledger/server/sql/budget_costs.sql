-- What counts in the budgets of an account, or in all. A batch counts in the period in which it was reserved;
-- it counts what it cost, holds, or may hold at most. Days and months begin at midnight UTC.
-- $1 account, or null for all budgets, $2 a reservation that does not count, $3 the highest price
WITH seen AS MATERIALIZED (
    SELECT b.account, b.per, b.credits AS cap, b.revision,
        (extract(epoch FROM date_trunc(b.per, clock.now) AT TIME ZONE 'UTC') * 1000)::bigint AS began,
        (extract(epoch FROM (date_trunc(b.per, clock.now) + ('1 ' || b.per)::interval) AT TIME ZONE 'UTC') * 1000)::bigint AS ends
    FROM enrow_phone.budgets b, (SELECT clock_timestamp() AT TIME ZONE 'UTC' AS now) clock
    WHERE $1::uuid IS NULL OR b.account IN ($1::uuid, '00000000-0000-0000-0000-000000000000')),
costs AS MATERIALIZED (
    SELECT s.account AS budget, s.per, c.host, c.username, c.label, sum(c.credits)::bigint AS credits
    FROM seen s CROSS JOIN LATERAL (
        SELECT b.host, b.username, b.label, a.digest AS account, CASE
            WHEN b.state IN ('completed', 'failed') THEN greatest(b.reserved - coalesce(b.refunded, 0), 0)
            WHEN b.state = 'running' THEN greatest(b.reserved - coalesce(b.stated_refund, 0), 0)
            ELSE b.searches * coalesce(r.price, greatest(a.price, $3)) END AS credits
        FROM enrow_phone.batches b JOIN enrow_phone.accounts a ON a.id = b.account
        LEFT JOIN enrow_phone.reservations r ON r.nonce = b.nonce
        WHERE coalesce(r.at, b.claimed_at) >= s.began
        UNION ALL
        SELECT r.host, r.username, r.label, r.account, r.searches * r.price FROM enrow_phone.reservations r
        WHERE r.at >= s.began AND r.nonce != $2
            AND NOT EXISTS (SELECT FROM enrow_phone.batches b WHERE b.nonce = r.nonce)) c
    WHERE s.account IN (c.account, '00000000-0000-0000-0000-000000000000')
    GROUP BY s.account, s.per, c.host, c.username, c.label)
