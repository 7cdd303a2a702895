-- Marks a ledger that was moved, unless another command ended the move meanwhile. $1 where to, $2 token
WITH durable AS MATERIALIZED (SELECT set_config('synchronous_commit', 'on', true)),
done AS (DELETE FROM enrow_phone.meta WHERE name IN ('moving_to', 'moving_token')
    AND EXISTS (SELECT FROM enrow_phone.meta WHERE name = 'moving_token' AND value = $2)),
marked AS (
    INSERT INTO enrow_phone.meta SELECT 'moved_to', $1 FROM durable
    WHERE EXISTS (SELECT FROM enrow_phone.meta WHERE name = 'moving_token' AND value = $2)
    ON CONFLICT (name) DO UPDATE SET value = excluded.value RETURNING 1)
SELECT EXISTS (SELECT FROM marked) OR EXISTS (SELECT FROM enrow_phone.meta WHERE name = 'moved_to' AND value = $1) AS yes
