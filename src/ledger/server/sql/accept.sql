-- Enrow accepted a batch. Lists the batch as it is afterwards: its id shows whether it was recorded. In a
-- ledger that was moved in the meantime nothing is recorded, since the new ledger would not know of it.
-- $1 batch, $2 Enrow's id, $3 reserved, $4 whether that is an estimate, $5 now, $6, $7 where the credits come
-- from, $8, $9 the answer as it came, $10 its nonce, where this run has claimed it
WITH durable AS MATERIALIZED (SELECT set_config('synchronous_commit', 'on', true)),
held AS MATERIALIZED (SELECT b.* FROM enrow_phone.batches b CROSS JOIN durable
    WHERE b.id = $1 AND b.nonce = coalesce($10, b.nonce)
        AND NOT EXISTS (SELECT FROM enrow_phone.meta WHERE name IN ('moved_to', 'moving_to')) FOR UPDATE OF b),
verdict AS MATERIALIZED (
    SELECT id, state = 'sending' AS is_sending, coalesce(enrow_id = $2, false) AS is_same,
        state IN ('sending', 'unknown', 'resubmitted')
            AND NOT EXISTS (SELECT FROM enrow_phone.batches o WHERE o.enrow_id = $2) AS takes
    FROM held),
listed AS (
    UPDATE enrow_phone.batches b SET
        answer = coalesce($8, b.answer), answer_status = coalesce($9, b.answer_status),
        state = CASE WHEN v.takes THEN 'running' WHEN v.is_sending AND NOT v.is_same THEN 'unknown' ELSE b.state END,
        lost_at = CASE WHEN v.is_sending AND NOT v.takes AND NOT v.is_same THEN $5 ELSE b.lost_at END,
        enrow_id = CASE WHEN v.takes THEN $2 ELSE b.enrow_id END,
        reserved = CASE WHEN v.takes THEN $3 ELSE b.reserved END,
        estimated = CASE WHEN v.takes THEN $4 ELSE b.estimated END,
        accepted_at = CASE WHEN v.takes THEN $5 ELSE b.accepted_at END,
        from_sub = CASE WHEN v.takes THEN $6 ELSE b.from_sub END,
        from_paygo = CASE WHEN v.takes THEN $7 ELSE b.from_paygo END
    FROM verdict v WHERE b.id = v.id RETURNING b.*),
counted AS (
    UPDATE enrow_phone.accounts a SET
        revision = a.revision + CASE WHEN v.takes OR (v.is_sending AND NOT v.is_same) THEN 1 ELSE 0 END,
        price = CASE WHEN v.takes AND NOT $4 AND $3 / b.searches > 0 THEN $3 / b.searches ELSE a.price END,
        baseline = CASE WHEN v.takes AND $4 THEN NULL ELSE a.baseline END,
        baseline_at = CASE WHEN v.takes AND $4 THEN NULL ELSE a.baseline_at END
    FROM listed b, verdict v WHERE a.id = b.account)
