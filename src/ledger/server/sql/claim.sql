-- Claims people for a batch. The newest version of a row is read under its lock. People whom another run is
-- claiming or answering at this moment are skipped, so that claims never wait for each other. The account is
-- locked last, here and in every other statement.
-- $1 people in the order of the request, $2 their keys, $3 names, $4 customs; $5, $6, $7 before which moment
-- an answer (found, not found, failed) does not count; $8 attempt, $9 account, $10 run, $11 nonce, $12
-- single, $13 scope, $14 now, $15 the last moment for the first byte, $16 how long a refund may take to show,
-- $17 label, $18 when the refresh began that it belongs to
WITH durable AS MATERIALIZED (SELECT set_config('synchronous_commit', 'on', true)),
asked AS MATERIALIZED (
    SELECT DISTINCT ON (person) person, place, key, names, custom
    FROM unnest($1::bigint[], $2::uuid[], $3::bigint[], $4::bigint[]) WITH ORDINALITY a (person, key, names, custom, place), durable
    ORDER BY person, place),
-- A run that slept while the ledger was moved, or went back in time, claims nobody in it.
marked AS MATERIALIZED (
    SELECT EXISTS (SELECT FROM enrow_phone.meta WHERE name IN ('moved_to', 'moving_to', 'rewound')) AS yes),
open AS MATERIALIZED (
    SELECT asked.* FROM asked CROSS JOIN marked CROSS JOIN LATERAL (
        SELECT FROM enrow_phone.people p
        WHERE p.id = asked.person AND p.batch IS NULL AND NOT marked.yes AND CASE p.status
            WHEN 1 THEN p.asked_at < $5 WHEN 6 THEN p.asked_at < $5
            WHEN 2 THEN p.asked_at < $6 WHEN 3 THEN p.asked_at < $6
            WHEN 4 THEN p.asked_at < $7 WHEN 5 THEN false ELSE true END
        FOR NO KEY UPDATE SKIP LOCKED) p),
number AS MATERIALIZED (
    SELECT nextval('enrow_phone.batches_id_seq') AS id, count(*) AS people FROM open HAVING count(*) > 0),
tried AS (INSERT INTO enrow_phone.attempts (id, batch) SELECT $8, id FROM number),
taken AS (
    UPDATE enrow_phone.people p
    SET batch = number.id, sent_key = nullif(open.key, p.key), names = open.names, custom = open.custom, hole = NULL
    FROM open, number WHERE p.id = open.person RETURNING p.id, open.place),
ordered AS MATERIALIZED (SELECT array_agg(id ORDER BY place) AS members, array_agg(place - 1 ORDER BY place) AS places FROM taken),
paying AS (
    INSERT INTO enrow_phone.accounts (digest, revision) SELECT $9, 1 FROM ordered WHERE members IS NOT NULL
    ON CONFLICT (digest) DO UPDATE SET revision = accounts.revision + 1 RETURNING id, revision),
clock AS MATERIALIZED (
    SELECT CASE WHEN $14 > last_value THEN setval('enrow_phone.newest_at', $14) ELSE last_value END AS now
    FROM enrow_phone.newest_at),
begun AS (
    INSERT INTO enrow_phone.refreshes (scope, began_at) SELECT $13::uuid, $18::bigint FROM ordered
    WHERE members IS NOT NULL AND $13::uuid IS NOT NULL AND $18::bigint IS NOT NULL ON CONFLICT DO NOTHING),
state AS (
    SELECT CASE WHEN NOT EXISTS (
            SELECT FROM enrow_phone.batches o WHERE o.account != a.id
            AND (o.state IN ('sending', 'running', 'unknown') OR o.ended_at + $16 >= a.baseline_at))
        THEN a.baseline END - coalesce((
            SELECT sum(reserved - coalesce(refunded, 0)) FROM enrow_phone.batches
            WHERE account = a.id AND state IN ('running', 'completed', 'failed')), 0) AS balance
    FROM enrow_phone.accounts a WHERE a.digest = $9),
batch AS (
    INSERT INTO enrow_phone.batches (id, account, owner, state, single, nonce, searches, open, members, claimed_at, send_by, scope,
        label, balance_before, host, username)
    OVERRIDING SYSTEM VALUE
    SELECT number.id, paying.id, $10, 'sending', $12, $11, number.people, number.people, ordered.members, clock.now, $15, $13,
        $17, (SELECT balance FROM state), run.host, run.username
    FROM number CROSS JOIN ordered CROSS JOIN paying CROSS JOIN clock LEFT JOIN enrow_phone.runs run ON run.id = $10
    RETURNING id)
SELECT batch.id, ordered.places, paying.revision,
    coalesce((SELECT value::bigint FROM enrow_phone.meta WHERE name = 'generation'), 0) AS generation
FROM batch, ordered, paying
