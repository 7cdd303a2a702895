-- $1 scope
SELECT coalesce(sum(CASE WHEN state = 'resubmitted' OR state = 'failed' AND coalesce(refunded, 0) >= reserved
        THEN 0 ELSE searches END), 0)::bigint AS searched,
    coalesce(sum(found), 0)::bigint AS found,
    coalesce(sum(greatest(reserved - coalesce(refunded, 0), 0))
        FILTER (WHERE state IN ('completed', 'failed')), 0)::bigint AS spent,
    coalesce(sum(greatest(reserved - coalesce(stated_refund, 0), 0)) FILTER (WHERE state = 'running'), 0)::bigint AS held,
    coalesce(sum(coalesce(refunded, stated_refund, 0)), 0)::bigint AS refunded,
    coalesce(sum(searches) FILTER (WHERE state = 'unknown'), 0)::bigint AS unclear
FROM enrow_phone.batches WHERE scope = $1
