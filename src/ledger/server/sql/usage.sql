-- By quarters of an hour, keys and lists. $1 since
SELECT at, a.digest AS account, label, host, username, sum(searches)::bigint AS searched,
    sum(found)::bigint AS found, sum(spent)::bigint AS spent, sum(held)::bigint AS held, sum(saved)::bigint AS saved
FROM (
    SELECT claimed_at - claimed_at % 900000 AS at, account, label, host, username,
        CASE WHEN state = 'resubmitted' OR state = 'failed' AND coalesce(refunded, 0) >= reserved
            THEN 0 ELSE searches END AS searches,
        coalesce(found, 0) AS found,
        CASE WHEN state IN ('completed', 'failed') THEN greatest(reserved - coalesce(refunded, 0), 0) ELSE 0 END AS spent,
        CASE WHEN state = 'running' THEN greatest(reserved - coalesce(stated_refund, 0), 0) ELSE 0 END AS held, 0 AS saved
    FROM enrow_phone.batches WHERE claimed_at >= $1
    UNION ALL
    SELECT at - at % 900000, account, label, host, username, 0, 0, 0, 0, credits FROM enrow_phone.savings WHERE at >= $1) u
LEFT JOIN enrow_phone.accounts a ON a.id = u.account
GROUP BY at, u.account, a.digest, label, host, username
ORDER BY at, u.account NULLS FIRST, label NULLS FIRST, host NULLS FIRST, username NULLS FIRST
