-- Uses a ledger again that was moved.
WITH durable AS MATERIALIZED (SELECT set_config('synchronous_commit', 'on', true))
DELETE FROM enrow_phone.meta USING durable WHERE name IN ('moved_to', 'moving_to', 'moving_token')
