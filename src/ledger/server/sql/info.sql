-- What the ledger holds, and how the server is set up. The clock is read last.
SELECT p.people, p.answered, p.held, p.suppressed, b.states, b.counts,
    (SELECT value::bigint FROM enrow_phone.meta WHERE name = 'version') AS schema,
    (SELECT coalesce(sum(pg_total_relation_size(c.oid)), 0)::bigint FROM pg_class c
        WHERE c.relnamespace = 'enrow_phone'::regnamespace AND c.relkind = 'r') AS bytes,
    current_setting('server_version') AS version, current_setting('fsync') AS fsync,
    current_setting('synchronous_commit') AS synchronous_commit, pg_is_in_recovery() AS is_standby,
    (extract(epoch FROM clock_timestamp()) * 1000)::bigint AS now
FROM (
    SELECT count(*) AS people, count(status) AS answered, count(batch) AS held, count(*) FILTER (WHERE status = 5) AS suppressed
    FROM enrow_phone.people) p,
    (SELECT coalesce(array_agg(state ORDER BY state), '{}') AS states, coalesce(array_agg(n ORDER BY state), '{}') AS counts
    FROM (SELECT state, count(*) AS n FROM enrow_phone.batches GROUP BY state) s) b
