-- The version of the ledger, and the oldest program that may still write it.
SELECT (SELECT value::bigint FROM enrow_phone.meta WHERE name = 'version') AS version,
    (SELECT value::bigint FROM enrow_phone.meta WHERE name = 'oldest') AS oldest
