-- Each server that takes over, and each that is restored to a point in time, begins a timeline.
SELECT (SELECT system_identifier::text FROM pg_control_system()) AS system,
    left(pg_walfile_name(pg_current_wal_lsn()), 8) AS timeline
