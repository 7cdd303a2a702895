-- Turns batches that ended runs left `sending` into `unknown`, also those of runs that were silent for too
-- long. Lists those without an id whose answer was saved.
-- $1 run, $2 before which moment a first byte had to leave, $3 now
WITH durable AS MATERIALIZED (SELECT set_config('synchronous_commit', 'on', true)),
overdue AS MATERIALIZED (
    SELECT b.id FROM enrow_phone.batches b CROSS JOIN durable
    WHERE b.state = 'sending' AND b.owner != $1
        AND (b.send_by < $2 OR NOT EXISTS (SELECT FROM enrow_phone.runs r WHERE r.id = b.owner AND NOT r.ended))
    ORDER BY b.id FOR UPDATE OF b SKIP LOCKED),
lost AS (UPDATE enrow_phone.batches b SET state = 'unknown', lost_at = $3 FROM overdue WHERE b.id = overdue.id RETURNING b.*),
-- The table still shows what was `sending` when this began.
listed AS (
    SELECT * FROM enrow_phone.batches WHERE state IN ('unknown', 'resubmitted') AND answer IS NOT NULL
    UNION ALL SELECT * FROM lost WHERE answer IS NOT NULL)
