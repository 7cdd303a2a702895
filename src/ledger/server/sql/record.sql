-- Records what one look at a batch shows, and settles it when nobody waits any more. The batch is locked
-- first, then the people in the order of their ids, so that what is decided here is decided about the newest
-- version of each.
-- $1 batch, $2 when, $3 the same by Enrow's clock, $4 stage, $5 credits given back, $6 numbers that Enrow
-- says it found; $7 people with an answer, $8 statuses, $9 numbers, $10 countries, $11 notes; $12 whose
-- numbers are not believed, $13 positions, $14 numbers, $15 countries, $16 doubts; $17 notes for people who
-- are given up, $18 a day; $19 people of whom it is known why they have no answer, $20 why
WITH durable AS MATERIALIZED (SELECT set_config('synchronous_commit', 'on', true)),
held AS MATERIALIZED (
    SELECT b.* FROM enrow_phone.batches b CROSS JOIN durable
    WHERE b.id = $1 AND b.state IN ('running', 'completed', 'failed') FOR UPDATE OF b),
clock AS MATERIALIZED (
    SELECT CASE WHEN $2 > last_value THEN setval('enrow_phone.newest_at', $2) ELSE last_value END AS now
    FROM enrow_phone.newest_at),
b AS MATERIALIZED (SELECT held.*, held.state != 'running' AS is_settled, clock.now FROM held, clock),
members AS MATERIALIZED (SELECT DISTINCT m.id FROM b CROSS JOIN LATERAL unnest(b.members) m (id)),
answers AS MATERIALIZED (
    SELECT DISTINCT ON (person) person, status, number, country, note
    FROM b CROSS JOIN unnest($7::bigint[], $8::bigint[], $9::text[], $10::text[], $11::text[])
        WITH ORDINALITY a (person, status, number, country, note, place)
    ORDER BY person, place),
-- A number that was paid for is never lost to a later search that finds nothing or fails. A person who no
-- longer waits for this batch still gets a number if there is none yet, also while another batch holds the
-- person. A `not_found` then replaces only a missing or unusable answer.
news AS MATERIALIZED (
    SELECT a.*, p.batch IS NOT DISTINCT FROM $1 AS is_claimed, a.status = 1 OR p.status IS DISTINCT FROM 1 AS is_better
    FROM answers a
    CROSS JOIN LATERAL (
        SELECT batch, status FROM enrow_phone.people p WHERE p.id = a.person FOR NO KEY UPDATE) p
    LEFT JOIN members m ON m.id = a.person
    WHERE p.batch IS NOT DISTINCT FROM $1 OR m.id IS NOT NULL AND (
        a.status = 1 AND (p.status IS NULL OR p.status NOT IN (1, 5))
        OR a.status = 2 AND p.batch IS NULL AND (p.status IS NULL OR p.status IN (4, 6)))),
updated AS (
    UPDATE enrow_phone.people p SET
        batch = CASE WHEN n.is_claimed THEN NULL ELSE p.batch END,
        status = CASE WHEN n.is_better THEN n.status ELSE p.status END,
        answered_at = CASE WHEN n.is_better THEN b.now ELSE p.answered_at END,
        note = CASE WHEN n.is_better THEN n.note ELSE p.note END,
        number = CASE WHEN n.status = 1 THEN n.number ELSE p.number END,
        country = CASE WHEN n.status = 1 THEN n.country ELSE p.country END,
        asked_at = b.now
    FROM b, (SELECT * FROM news OFFSET 0) n WHERE p.id = n.person
    RETURNING p.id, p.status, p.number, n.is_claimed, n.status = 1 AS is_found),
written AS MATERIALIZED (
    SELECT count(*) FILTER (WHERE is_claimed) AS claimed, count(*) AS answered, count(*) FILTER (WHERE is_found) AS found
    FROM updated),
doubted AS (
    INSERT INTO enrow_phone.unproven (batch, person, position, number, country, doubt)
    SELECT DISTINCT $1::bigint, u.person, u.position, u.number, u.country, u.doubt::smallint
    FROM b CROSS JOIN unnest($12::bigint[], $13::bigint[], $14::text[], $15::text[], $16::bigint[])
        u (person, position, number, country, doubt)
    WHERE NOT EXISTS (
            SELECT FROM enrow_phone.unproven o WHERE o.batch = $1 AND o.person IS NOT DISTINCT FROM u.person
            AND o.position IS NOT DISTINCT FROM u.position AND o.number = u.number)
        AND NOT EXISTS (SELECT FROM updated t WHERE t.id = u.person AND t.number = u.number)
        AND NOT EXISTS (SELECT FROM enrow_phone.people p WHERE p.id = u.person AND p.number = u.number)
    RETURNING person),
proven AS (
    DELETE FROM enrow_phone.unproven u USING b WHERE u.batch = $1 AND (
        EXISTS (SELECT FROM updated t WHERE t.id = u.person AND t.number = u.number)
        OR EXISTS (SELECT FROM enrow_phone.people p WHERE p.id = u.person AND p.number = u.number))
    RETURNING u.id),
unproven AS MATERIALIZED (
    SELECT (SELECT count(*) FROM enrow_phone.unproven WHERE batch = $1)
        + (SELECT count(*) FROM doubted) - (SELECT count(*) FROM proven) AS n),
seen AS MATERIALIZED (
    SELECT greatest(b.open - w.claimed, 0) AS left, coalesce(b.found, 0) + w.found AS found,
        coalesce($5, b.stated_refund) AS refund, b.open - w.claimed > 0 AND NOT b.is_settled AS waits
    FROM b, written w),
since AS MATERIALIZED (
    SELECT CASE WHEN $4 = 'completed' AND s.waits THEN coalesce(b.done_since, $2) ELSE b.done_since END AS done,
        CASE WHEN $4 = 'completed' AND s.waits AND b.done_since IS NULL THEN $3 ELSE b.done_since_server END AS done_server,
        CASE $4 WHEN 'missing' THEN coalesce(b.missing_since, $2) WHEN 'not_asked' THEN b.missing_since END AS missing,
        CASE WHEN $4 = 'not_asked' THEN b.missing_since_server WHEN $4 != 'missing' THEN NULL
            WHEN b.missing_since IS NULL THEN $3 ELSE b.missing_since_server END AS missing_server
    FROM b, seen s),
-- Somebody paid for a number that is not believed: its person is not asked for again until a person says so.
waiting AS MATERIALIZED (
    SELECT m.id, h.hole, $4 = 'completed' AND d.person IS NOT NULL AS has_number
    FROM members m LEFT JOIN updated t ON t.id = m.id
    LEFT JOIN (SELECT DISTINCT ON (person) person, hole FROM unnest($19::bigint[], $20::bigint[]) h (person, hole)) h
        ON h.person = m.id
    LEFT JOIN (SELECT person FROM enrow_phone.unproven WHERE batch = $1 UNION SELECT person FROM doubted) d ON d.person = m.id
    WHERE t.id IS NULL),
doubtful AS MATERIALIZED (
    SELECT count(*) AS n FROM waiting w JOIN enrow_phone.people p ON p.id = w.id
    WHERE w.has_number AND p.batch IS NOT DISTINCT FROM $1),
-- Only what Enrow states shows whether people without an answer were paid for. It is explained by one
-- number for each person who has one, or for whom an unproven one is kept.
verdict AS MATERIALIZED (
    SELECT s.waits AND CASE $4
            WHEN 'failed' THEN true
            WHEN 'completed' THEN $2 - since.done >= $18 AND coalesce($3 - since.done_server >= $18, true)
            WHEN 'missing' THEN $2 - since.missing >= $18 AND coalesce($3 - since.missing_server >= $18, true)
            ELSE false END AS gives_up,
        -- A batch for which nobody waits any more may still bring what was paid for.
        CASE $4 WHEN 'ongoing' THEN false
            WHEN 'missing' THEN $2 - since.missing >= $18 AND coalesce($3 - since.missing_server >= $18, true)
            ELSE true END AS is_over,
        coalesce(CASE $4
            WHEN 'failed' THEN s.refund >= b.reserved
            WHEN 'completed' THEN s.refund IS NOT NULL AND greatest(b.reserved - s.refund, 0)::numeric
                <= (b.reserved / b.searches)::numeric * (s.found + d.n)
            END, false) AS is_free
    FROM b, seen s, since, doubtful d),
given AS (
    UPDATE enrow_phone.people p SET
        hole = coalesce(w.hole::smallint, p.hole),
        batch = CASE WHEN v.gives_up THEN NULL ELSE p.batch END,
        status = CASE WHEN NOT v.gives_up OR p.status = 1 THEN p.status WHEN v.is_free AND NOT w.has_number THEN 4 ELSE 6 END,
        answered_at = CASE WHEN NOT v.gives_up OR p.status = 1 THEN p.answered_at ELSE b.now END,
        note = CASE WHEN NOT v.gives_up OR p.status = 1 THEN p.note ELSE replace(
            ($17::text[])[CASE WHEN w.has_number THEN 6 ELSE CASE $4 WHEN 'completed' THEN 1 WHEN 'failed' THEN 3 ELSE 5 END
                + CASE WHEN v.is_free OR $4 = 'missing' THEN 0 ELSE 1 END END], '{id}', b.enrow_id) END,
        asked_at = CASE WHEN v.gives_up THEN b.now ELSE p.asked_at END
    FROM b, verdict v, (SELECT * FROM waiting OFFSET 0) w
    WHERE (v.gives_up OR w.hole IS NOT NULL) AND p.id = w.id AND p.batch IS NOT DISTINCT FROM $1
    RETURNING p.id, p.status, p.batch IS NULL AS is_given),
ended AS MATERIALIZED (
    SELECT g.n AS given, greatest(s.left - g.n, 0) AS left, s.left - g.n <= 0 AND NOT b.is_settled AND v.is_over AS settles
    FROM b, seen s, verdict v, (SELECT count(*) AS n FROM given WHERE is_given) g),
unanswered AS MATERIALIZED (
    SELECT u.n > 0
        OR EXISTS (SELECT FROM updated WHERE status IN (4, 6)) OR EXISTS (SELECT FROM given WHERE status IN (4, 6))
        OR EXISTS (
            SELECT FROM members m JOIN enrow_phone.people p ON p.id = m.id
            WHERE (p.status IS NULL OR p.status IN (4, 6)) AND m.id NOT IN (SELECT id FROM updated)
                AND m.id NOT IN (SELECT id FROM given)) AS yes
    FROM unproven u),
saved AS (
    UPDATE enrow_phone.batches k SET looks = k.looks + 1, last_look_at = $2,
        done_since = since.done, done_since_server = since.done_server,
        missing_since = since.missing, missing_since_server = since.missing_server,
        stated_refund = s.refund, stated_found = coalesce($6, k.stated_found), open = e.left, found = s.found,
        state = CASE WHEN NOT e.settles THEN k.state WHEN $4 IN ('failed', 'missing') THEN 'failed' ELSE 'completed' END,
        ended_at = CASE WHEN e.settles THEN b.now ELSE k.ended_at END,
        refunded = CASE WHEN e.settles THEN s.refund ELSE k.refunded END,
        answer = CASE WHEN e.settles THEN NULL ELSE k.answer END,
        answer_status = CASE WHEN e.settles THEN NULL ELSE k.answer_status END,
        members = CASE WHEN e.settles AND NOT o.yes THEN NULL ELSE k.members END
    FROM b, seen s, since, ended e, unanswered o WHERE k.id = b.id),
old_readings AS (DELETE FROM enrow_phone.readings r USING ended e WHERE r.batch = $1 AND e.settles),
counted AS (
    UPDATE enrow_phone.accounts a SET revision = a.revision + 1,
        baseline = CASE WHEN e.settles AND s.refund IS NULL THEN NULL ELSE a.baseline END,
        baseline_at = CASE WHEN e.settles AND s.refund IS NULL THEN NULL ELSE a.baseline_at END
    FROM b, seen s, ended e, written w
    WHERE a.id = b.account AND (e.settles OR w.answered > 0 OR e.given > 0 OR s.refund IS DISTINCT FROM b.stated_refund))
SELECT w.answered, w.found, e.given, e.left, e.settles FROM written w, ended e
