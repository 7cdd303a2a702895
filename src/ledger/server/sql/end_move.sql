-- Marks a ledger that was moved. $1 where to
WITH durable AS MATERIALIZED (SELECT set_config('synchronous_commit', 'on', true)),
done AS (DELETE FROM enrow_phone.meta WHERE name IN ('moving_to', 'moving_token'))
INSERT INTO enrow_phone.meta SELECT 'moved_to', $1 FROM durable ON CONFLICT (name) DO UPDATE SET value = excluded.value
