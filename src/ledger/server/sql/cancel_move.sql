WITH durable AS MATERIALIZED (SELECT set_config('synchronous_commit', 'on', true))
DELETE FROM enrow_phone.meta USING durable WHERE name IN ('moving_to', 'moving_token')
