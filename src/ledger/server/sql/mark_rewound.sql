-- The ledger has gone back: nobody is claimed by anybody until a person accepts it.
-- $1 of when its newest entry is, and when more was seen
WITH durable AS MATERIALIZED (SELECT set_config('synchronous_commit', 'on', true))
INSERT INTO enrow_phone.meta SELECT 'rewound', $1 FROM durable ON CONFLICT (name) DO NOTHING
