-- Everything rows can say about their people. $1 people
SELECT asked.place - 1 AS place, p.status::bigint AS status, p.answered_at, p.asked_at, p.number, p.country, p.note, p.batch,
    p.hole::bigint AS hole, p.resubmitted, b.lost_at, b.done_since, b.missing_since, b.state, a.digest AS account, b.enrow_id,
    b.host, b.username,
    u.numbers, u.batches
FROM unnest((SELECT $1::bigint[])) WITH ORDINALITY asked (id, place)
CROSS JOIN LATERAL (SELECT * FROM enrow_phone.people p WHERE p.id = asked.id OFFSET 0) p
LEFT JOIN enrow_phone.batches b ON b.id = p.batch
LEFT JOIN enrow_phone.accounts a ON a.id = b.account
LEFT JOIN LATERAL (
    SELECT array_agg(u.number ORDER BY u.id) AS numbers, array_agg(f.enrow_id ORDER BY u.id) AS batches
    FROM enrow_phone.unproven u JOIN enrow_phone.batches f ON f.id = u.batch
    WHERE u.person = p.id AND u.number != '') u ON true
