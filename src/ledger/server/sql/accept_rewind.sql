-- Continues with what the ledger holds. What machines saw of an earlier generation no longer counts.
-- $1 the server, $2 the highest generation that this machine has seen
WITH durable AS MATERIALIZED (SELECT set_config('synchronous_commit', 'on', true)),
lifted AS (DELETE FROM enrow_phone.meta USING durable WHERE name = 'rewound'),
believed AS (
    INSERT INTO enrow_phone.meta SELECT 'server', $1 FROM durable ON CONFLICT (name) DO UPDATE SET value = excluded.value),
-- A moment: no machine has seen this generation of a state that was lost.
next AS MATERIALIZED (SELECT greatest($2::bigint + 1, (extract(epoch FROM clock_timestamp()) * 1000)::bigint) AS generation
    FROM durable)
INSERT INTO enrow_phone.meta AS m SELECT 'generation', generation::text FROM next
ON CONFLICT (name) DO UPDATE SET value = greatest(m.value::bigint + 1, excluded.value::bigint)::text
