-- Marks a ledger that is being moved, unless it is marked. $1 where to, $2 token
WITH durable AS MATERIALIZED (SELECT set_config('synchronous_commit', 'on', true))
INSERT INTO enrow_phone.meta SELECT mark.name, mark.value
FROM durable, (VALUES ('moving_to', $1), ('moving_token', $2)) mark (name, value)
WHERE NOT EXISTS (SELECT FROM enrow_phone.meta WHERE name = 'moved_to')
ON CONFLICT (name) DO NOTHING
