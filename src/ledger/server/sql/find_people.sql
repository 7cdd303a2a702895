-- Who has these keys, and what is known of them. Where the planner sees how long a list is, it compiles the statement (JIT),
-- which takes longer than the statement: so it is hidden in a SELECT, here and wherever a whole chunk is asked for. $1 keys
SELECT asked.place - 1 AS place, k.person, k.own, p.status::bigint AS status, p.asked_at, p.batch
FROM unnest((SELECT $1::uuid[])) WITH ORDINALITY asked (key, place)
CROSS JOIN LATERAL (SELECT person, own FROM enrow_phone.keys k WHERE k.key = asked.key OFFSET 0) k
LEFT JOIN LATERAL (SELECT status, asked_at, batch FROM enrow_phone.people p WHERE p.id = k.person OFFSET 0) p ON true
