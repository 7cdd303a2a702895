-- Who has these keys, and what is known of them. The list is hidden in a SELECT, here and wherever a
-- whole chunk is asked for: a planner that sees its length compiles the statement (JIT), which takes longer
-- than running it. A join, not LATERAL: that would cache (Memoize) people who are never asked for again.
-- $1 keys
SELECT asked.place - 1 AS place, k.person, k.own, p.status::bigint AS status, p.asked_at, p.batch
FROM unnest((SELECT $1::uuid[])) WITH ORDINALITY asked (key, place)
JOIN enrow_phone.keys k ON k.key = asked.key
LEFT JOIN enrow_phone.people p ON p.id = k.person
