-- The answer to a POST was lost, so nobody knows whether Enrow took the batch. In a ledger that was moved in
-- the meantime nothing is recorded.
-- $1 batch, $2 now, $3, $4 the answer as it came, $5 its nonce, where this run has claimed it
WITH durable AS MATERIALIZED (SELECT set_config('synchronous_commit', 'on', true)),
held AS MATERIALIZED (SELECT b.* FROM enrow_phone.batches b CROSS JOIN durable
    WHERE b.id = $1 AND b.nonce = coalesce($5, b.nonce)
        AND NOT EXISTS (SELECT FROM enrow_phone.meta WHERE name IN ('moved_to', 'moving_to')) FOR UPDATE OF b),
lost AS (
    UPDATE enrow_phone.batches b SET
        answer = coalesce($3, b.answer), answer_status = coalesce($4, b.answer_status),
        state = CASE WHEN held.state = 'sending' THEN 'unknown' ELSE b.state END,
        lost_at = CASE WHEN held.state = 'sending' THEN $2 ELSE b.lost_at END
    FROM held WHERE b.id = held.id RETURNING b.account, held.state),
counted AS (
    UPDATE enrow_phone.accounts a SET revision = revision + 1
    FROM lost WHERE a.id = lost.account AND lost.state = 'sending')
SELECT EXISTS (SELECT FROM held) AS is_there
