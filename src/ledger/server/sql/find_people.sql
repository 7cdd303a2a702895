-- Who has these keys, and what is known of them. Where the planner sees how long a list is, it compiles the statement (JIT),
-- which takes longer than the statement: so it is hidden in a SELECT, here and wherever a whole chunk is asked for. Joined, not
-- LATERAL, people are not kept (Memoize) who are never asked for again. $1 keys
SELECT asked.place - 1 AS place, k.person, k.own, p.status::bigint AS status, p.asked_at, p.batch
FROM unnest((SELECT $1::uuid[])) WITH ORDINALITY asked (key, place)
JOIN enrow_phone.keys k ON k.key = asked.key
LEFT JOIN enrow_phone.people p ON p.id = k.person
