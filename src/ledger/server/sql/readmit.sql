-- Enters a batch again that was given up, or that the server lost. People who were claimed or answered in the
-- meantime stay as they are. A batch that was given up comes back only if Enrow took it.
-- $1 people in the order of the request, $2 their keys, $3 names, $4 customs; $5 account, $6 run, $7 nonce,
-- $8 single, $9 scope, $10 label, $11 when it was claimed, $12 the last moment for its first byte, $13 now;
-- $14 Enrow's id, $15 reserved, $16 whether that is an estimate, $17, $18 where the credits come from, $19,
-- $20 the answer as it came
WITH durable AS MATERIALIZED (SELECT set_config('synchronous_commit', 'on', true)),
given_up AS MATERIALIZED (
    SELECT EXISTS (SELECT FROM enrow_phone.released r WHERE r.nonce = $7) AS is_so FROM durable),
asked AS MATERIALIZED (
    SELECT DISTINCT ON (person) person, key, names, custom
    FROM unnest($1::bigint[], $2::uuid[], $3::bigint[], $4::bigint[]) a (person, key, names, custom), given_up
    WHERE person IS NOT NULL AND ($14::text IS NOT NULL OR NOT given_up.is_so)
    ORDER BY person),
free AS MATERIALIZED (
    SELECT asked.* FROM asked CROSS JOIN LATERAL (
        SELECT FROM enrow_phone.people p
        WHERE p.id = asked.person AND p.batch IS NULL AND p.status IS DISTINCT FROM 5
            AND (p.asked_at IS NULL OR p.asked_at < $11)
        FOR NO KEY UPDATE) p),
number AS MATERIALIZED (
    SELECT nextval('enrow_phone.batches_id_seq') AS id, (SELECT count(*) FROM free) AS free
    FROM given_up WHERE $14::text IS NOT NULL OR NOT given_up.is_so),
taken AS (
    UPDATE enrow_phone.people p
    SET batch = number.id, sent_key = nullif(free.key, p.key), names = free.names, custom = free.custom, hole = NULL
    FROM free, number WHERE p.id = free.person RETURNING 1),
done AS MATERIALIZED (SELECT count(*) AS n FROM taken),
-- The baseline was read without this batch.
paying AS (
    INSERT INTO enrow_phone.accounts AS a (digest, revision) SELECT $5, 1 FROM number, done
    ON CONFLICT (digest) DO UPDATE SET revision = a.revision + 1, baseline = NULL, baseline_at = NULL RETURNING id),
batch AS (
    INSERT INTO enrow_phone.batches (id, account, owner, state, single, nonce, searches, open, members, claimed_at, send_by, scope,
        label, lost_at, answer, answer_status, enrow_id, accepted_at, reserved, estimated, from_sub, from_paygo, host, username)
    OVERRIDING SYSTEM VALUE
    SELECT number.id, paying.id, $6, CASE WHEN $14::text IS NULL THEN 'unknown' ELSE 'running' END, $8, $7,
        cardinality($1::bigint[]), number.free,
        array(SELECT coalesce(m.id, 0) FROM unnest($1::bigint[]) WITH ORDINALITY m (id, place) ORDER BY place),
        $11, $12, $9, $10, CASE WHEN $14::text IS NULL THEN $13::bigint END, $19, $20, $14,
        CASE WHEN $14::text IS NOT NULL THEN $13::bigint END, $15, $16, $17, $18, run.host, run.username
    FROM number CROSS JOIN paying LEFT JOIN enrow_phone.runs run ON run.id = $6 RETURNING id)
SELECT batch.id, number.free, given_up.is_so FROM batch, number, given_up
