-- What is known of these keys, and all keys of the people who have one of them. $1 keys, each once
WITH hit AS MATERIALIZED (
    SELECT k.key, k.person, k.own FROM unnest((SELECT $1::uuid[])) asked (key)
    CROSS JOIN LATERAL (SELECT * FROM enrow_phone.keys k WHERE k.key = asked.key OFFSET 0) k),
person AS MATERIALIZED (SELECT DISTINCT person FROM hit WHERE person IS NOT NULL)
SELECT true AS is_asked, key, person, own, NULL::bigint AS status, NULL::bigint AS asked_at, NULL::bigint AS batch FROM hit
UNION ALL
SELECT false, p.key, p.id, true, p.status, p.asked_at, p.batch FROM person
CROSS JOIN LATERAL (SELECT * FROM enrow_phone.people p WHERE p.id = person.person OFFSET 0) p
UNION ALL
SELECT false, k.key, k.person, false, NULL, NULL, NULL FROM person
CROSS JOIN LATERAL (SELECT * FROM enrow_phone.keys k WHERE k.person = person.person AND NOT k.own OFFSET 0) k
