-- Whether a ledger was moved or is being moved, and how many other runs were heard of within a minute. $1 run
SELECT (SELECT value FROM enrow_phone.meta WHERE name = 'moved_to') AS moved_to,
    (SELECT value FROM enrow_phone.meta WHERE name = 'moving_to') AS moving_to,
    (SELECT value FROM enrow_phone.meta WHERE name = 'moving_token') AS token,
    (SELECT count(*) FROM enrow_phone.runs
        WHERE id != $1 AND NOT ended AND seen > clock_timestamp() - interval '1 minute') AS others
