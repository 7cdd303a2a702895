-- Opens people of a batch again because a user accepts the risk of paying twice. Of an unknown batch, all of
-- them: the batch is kept with its members in case it turns up. Of others, those with an unusable answer or
-- with a number that is not believed.
-- $1 batch, $2 now
WITH durable AS MATERIALIZED (SELECT set_config('synchronous_commit', 'on', true)),
held AS MATERIALIZED (
    SELECT b.*, b.state = 'unknown' AS is_unknown FROM enrow_phone.batches b CROSS JOIN durable WHERE b.id = $1 FOR UPDATE OF b),
clock AS MATERIALIZED (
    SELECT CASE WHEN $2 > last_value THEN setval('enrow_phone.newest_at', $2) ELSE last_value END AS now
    FROM enrow_phone.newest_at),
picked AS MATERIALIZED (
    SELECT p.id, p.is_held FROM held CROSS JOIN LATERAL (SELECT unnest(held.members) AS id ORDER BY 1) m
    CROSS JOIN LATERAL (
        SELECT p.id, p.batch IS NOT DISTINCT FROM $1 AS is_held FROM enrow_phone.people p
        WHERE p.id = m.id AND CASE WHEN held.is_unknown THEN p.batch IS NOT DISTINCT FROM $1
            WHEN p.batch IS NULL THEN p.status IS NOT DISTINCT FROM 6
            ELSE p.batch = $1 AND p.number IS NULL
                AND EXISTS (SELECT FROM enrow_phone.unproven u WHERE u.batch = $1 AND u.person = p.id) END
        FOR NO KEY UPDATE) p),
opened AS (
    UPDATE enrow_phone.people p SET batch = NULL, resubmitted = p.resubmitted + 1,
        status = CASE WHEN held.is_unknown THEN p.status END, asked_at = CASE WHEN held.is_unknown THEN p.asked_at END,
        answered_at = CASE WHEN held.is_unknown THEN p.answered_at END, note = CASE WHEN held.is_unknown THEN p.note END
    FROM held, (SELECT * FROM picked OFFSET 0) k WHERE p.id = k.id RETURNING 1),
done AS MATERIALIZED (SELECT count(*) AS n FROM opened),
old_readings AS (DELETE FROM enrow_phone.readings r USING held WHERE r.batch = held.id AND held.is_unknown),
let_go AS (UPDATE enrow_phone.batches b SET state = 'resubmitted', open = 0 FROM held WHERE b.id = held.id AND held.is_unknown),
fewer AS MATERIALIZED (
    SELECT held.id, e.open, held.state = 'running' AND e.open = 0 AS settles, held.stated_refund
    FROM held CROSS JOIN LATERAL (
        SELECT greatest(held.open - (SELECT count(*) FROM picked WHERE is_held), 0) AS open) e
    WHERE held.state IN ('running', 'completed', 'failed')),
left_alone AS (
    UPDATE enrow_phone.batches b SET open = f.open,
        state = CASE WHEN f.settles THEN 'completed' ELSE b.state END,
        ended_at = CASE WHEN f.settles THEN clock.now ELSE b.ended_at END,
        refunded = CASE WHEN f.settles THEN b.stated_refund ELSE b.refunded END,
        answer = CASE WHEN f.settles THEN NULL ELSE b.answer END,
        answer_status = CASE WHEN f.settles THEN NULL ELSE b.answer_status END
    FROM clock, fewer f WHERE b.id = f.id),
counted AS (
    UPDATE enrow_phone.accounts a SET revision = a.revision + 1,
        baseline = CASE WHEN held.is_unknown OR f.settles AND f.stated_refund IS NULL THEN NULL ELSE a.baseline END,
        baseline_at = CASE WHEN held.is_unknown OR f.settles AND f.stated_refund IS NULL THEN NULL ELSE a.baseline_at END
    FROM held CROSS JOIN done LEFT JOIN fewer f ON true
    WHERE a.id = held.account AND held.state != 'sending')
SELECT n FROM done
