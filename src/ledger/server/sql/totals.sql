SELECT p.*, b.*, (SELECT coalesce(sum(credits), 0)::bigint FROM enrow_phone.savings) AS saved
FROM (
    SELECT count(status) AS people, count(*) FILTER (WHERE status = 1) AS found, count(*) FILTER (WHERE status = 2) AS not_found,
        count(*) FILTER (WHERE status = 6 AND batch IS NULL) AS unusable, coalesce(sum(resubmitted), 0)::bigint AS resubmitted
    FROM enrow_phone.people) p,
    (SELECT coalesce(sum(reserved - coalesce(refunded, 0)), 0)::bigint AS spent, count(*) AS batches
    FROM enrow_phone.batches WHERE state IN ('completed', 'failed')) b
