-- Whether an attempt came to be; if not, it never will. $1 attempt
WITH durable AS MATERIALIZED (SELECT set_config('synchronous_commit', 'on', true)),
tombstone AS (INSERT INTO enrow_phone.attempts (id) SELECT $1 FROM durable ON CONFLICT DO NOTHING RETURNING id)
SELECT NOT EXISTS (SELECT FROM tombstone) AS came_to_be
