-- What batches can have cost since a moment, at least and at most. A batch that ended before cost exactly
-- what was not refunded. The refund of one that ended since, or still runs, may be in the balance or not. A
-- batch that is being sent, or whose cost is an estimate, may cost the highest price.
-- $1 account, $2 since, $3 before which moment an end is settled, $4 without a stated refund, $5 the highest
-- price
WITH ours AS MATERIALIZED (SELECT (SELECT id FROM enrow_phone.accounts WHERE digest = $1) AS id)
SELECT (SELECT coalesce(sum(revision), 0)::bigint FROM enrow_phone.accounts) AS revision,
    coalesce(bool_or(b.state IN ('sending', 'running')), false) AS active,
    NOT coalesce(bool_or(b.state = 'unknown' OR coalesce(b.ended_at > $3, false)
        OR (b.state IN ('completed', 'failed') AND b.refunded IS NULL AND b.ended_at > $4)), false) AS settled,
    coalesce(sum(CASE
        WHEN b.account IS DISTINCT FROM ours.id THEN 0
        WHEN b.state IN ('completed', 'failed') AND NOT b.estimated AND (b.refunded IS NOT NULL OR b.ended_at < $2)
            THEN b.reserved - coalesce(b.refunded, 0)
        ELSE 0 END), 0)::bigint AS spent_at_least,
    coalesce(sum(CASE
        WHEN b.account IS DISTINCT FROM ours.id AND b.state IN ('completed', 'failed') AND b.ended_at < $2 THEN 0
        WHEN b.state = 'unknown' THEN 0
        WHEN b.state IN ('completed', 'failed') AND b.ended_at < $2 AND NOT b.estimated THEN b.reserved - coalesce(b.refunded, 0)
        WHEN b.state = 'sending' OR b.estimated THEN greatest(coalesce(b.reserved, 0), b.searches * $5)
        ELSE b.reserved END), 0)::bigint AS spent_at_most
FROM ours LEFT JOIN enrow_phone.batches b ON true
