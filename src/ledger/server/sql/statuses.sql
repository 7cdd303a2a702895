-- $1 people
SELECT asked.place - 1 AS place, p.status::bigint AS status, p.asked_at, p.batch
FROM unnest((SELECT $1::bigint[])) WITH ORDINALITY asked (id, place)
CROSS JOIN LATERAL (SELECT status, asked_at, batch FROM enrow_phone.people p WHERE p.id = asked.id OFFSET 0) p
