-- The state of an account. Two keys may share the credits of one account: batches of another key that ran
-- since the balance was read change it, so the baseline does not count then.
-- $1 account, $2 how long a refund may take to show, $3 one that was not stated
SELECT a.price, a.revision,
    CASE WHEN NOT EXISTS (
        SELECT FROM enrow_phone.batches o WHERE o.account != a.id
        AND (o.state IN ('sending', 'running', 'unknown') OR o.ended_at + $2 >= a.baseline_at)) THEN a.baseline END AS baseline,
    coalesce(b.spent, 0)::bigint AS spent, b.running, b.sending, b.unknown, b.last_refund
FROM enrow_phone.accounts a CROSS JOIN LATERAL (
    SELECT sum(CASE WHEN state IN ('running', 'completed', 'failed') THEN reserved - coalesce(refunded, 0) END) AS spent,
        count(*) FILTER (WHERE state = 'running') AS running,
        count(*) FILTER (WHERE state = 'sending') AS sending,
        count(*) FILTER (WHERE state = 'unknown') AS unknown,
        max(CASE WHEN state IN ('completed', 'failed') AND refunded > 0 THEN ended_at
            WHEN state IN ('completed', 'failed') AND refunded IS NULL THEN ended_at + $3 END) AS last_refund
    FROM enrow_phone.batches WHERE account = a.id) b
WHERE a.digest = $1
