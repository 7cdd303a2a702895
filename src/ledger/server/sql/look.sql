-- How far the ledger is, and which server and database last held it. A dump that is restored makes other
-- tables.
-- $1 the newest batch of this machine that Enrow took
SELECT $1::text IS NOT NULL AND NOT EXISTS (SELECT FROM enrow_phone.batches WHERE nonce = $1) AS is_lost,
    (SELECT oid::text FROM pg_database WHERE datname = current_database()) AS database,
    'enrow_phone.meta'::regclass::oid::text AS tables,
    (SELECT value FROM enrow_phone.meta WHERE name = 'server') AS believed,
