-- Notes that everything is here, and that nothing recorded from now on is older than it.
-- $1 the name under which it is noted, $2 the name of the ledger that was moved
WITH newest AS MATERIALIZED (SELECT max(asked_at) AS at FROM moved_people),
clock AS MATERIALIZED (
    SELECT CASE WHEN newest.at > last_value THEN setval('enrow_phone.newest_at', newest.at) END
    FROM newest, enrow_phone.newest_at),
counted AS (
    INSERT INTO enrow_phone.meta AS m SELECT 'changes', '1' FROM newest
    ON CONFLICT (name) DO UPDATE SET value = (m.value::bigint + 1)::text)
INSERT INTO enrow_phone.meta SELECT $1, $2 FROM clock
