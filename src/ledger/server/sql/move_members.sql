-- The members of the batches that are new here, by position. Somebody who was erased leaves an empty one.
UPDATE enrow_phone.batches b SET members = placed.members
FROM (
    SELECT i.new, array_agg(coalesce(m.person, 0) ORDER BY place) AS members
    FROM (SELECT batch, max(position) AS last FROM moved_members GROUP BY batch) e
    JOIN moved_batch_ids i ON i.old = e.batch AND i.is_new = 1
    CROSS JOIN LATERAL generate_series(0, e.last) s (place)
    LEFT JOIN moved_members m ON m.batch = e.batch AND m.position = s.place
    GROUP BY i.new) placed
WHERE b.id = placed.new
