-- $1 run, $2 now
UPDATE enrow_phone.runs SET seen_at = $2, seen = clock_timestamp(), ended = false WHERE id = $1
RETURNING (extract(epoch FROM clock_timestamp()) * 1000)::bigint AS now,
    (SELECT value FROM enrow_phone.meta WHERE name = 'moved_to') AS moved_to,
    (SELECT value FROM enrow_phone.meta WHERE name = 'moving_to') AS moving_to,
