-- The ledger has gone back in time: no run claims anybody until a user accepts it. Does nothing if a user has
-- just done that.
-- $1 when more was seen, $2 the generation that lacks something
WITH durable AS MATERIALIZED (SELECT set_config('synchronous_commit', 'on', true)),
newest AS MATERIALIZED (SELECT last_value AS at FROM enrow_phone.newest_at, durable),
marked AS (
    INSERT INTO enrow_phone.meta SELECT 'rewound', newest.at || ' ' || $1 FROM newest
    WHERE coalesce((SELECT value::bigint FROM enrow_phone.meta WHERE name = 'generation'), 0) = $2 ON CONFLICT (name) DO NOTHING)
SELECT at AS holds FROM newest
