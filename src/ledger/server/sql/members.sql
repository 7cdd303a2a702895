-- Who is in a batch, without those who were erased. $1 batch
SELECT m.place - 1 AS place, p.id, coalesce(p.sent_key, p.key) AS key, p.names, p.custom
FROM enrow_phone.batches b CROSS JOIN LATERAL unnest(b.members) WITH ORDINALITY m (id, place)
CROSS JOIN LATERAL (SELECT * FROM enrow_phone.people p WHERE p.id = m.id OFFSET 0) p
WHERE b.id = $1 ORDER BY m.place
