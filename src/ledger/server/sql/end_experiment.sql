-- $1 batches, $2 why
WITH durable AS MATERIALIZED (SELECT set_config('synchronous_commit', 'on', true))
UPDATE enrow_phone.batches SET experiment = $2 FROM durable WHERE id = ANY ($1::bigint[]) AND experiment IS NULL
