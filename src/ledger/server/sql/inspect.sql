-- What the server is, and whether it holds a ledger.
SELECT current_setting('server_version_num')::bigint AS version,
    pg_is_in_recovery() AS is_standby,
    current_setting('transaction_read_only') = 'on' AS is_read_only,
    current_setting('fsync') = 'off' AND current_setting('synchronous_standby_names') = '' AS may_forget,
    to_regclass('enrow_phone.meta') IS NOT NULL AS has_ledger
