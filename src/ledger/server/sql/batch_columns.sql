-- The columns of the batches in `listed`.
SELECT b.id, b.state, a.digest AS account, b.enrow_id, b.nonce, b.single, b.searches, b.claimed_at, b.accepted_at, b.ended_at,
    b.reserved, b.refunded, b.found, b.balance_before, b.answer, b.answer_status, b.owner, r.seen_at, r.ended,
    r.seen > clock_timestamp() - interval '1 minute' AS is_fresh, b.send_by, b.lost_at, b.from_sub, b.from_paygo,
    b.stated_refund, b.open, b.looks, b.done_since, b.missing_since, b.experiment, b.label, b.host, b.username,
    (SELECT count(*) FROM enrow_phone.unproven u WHERE u.batch = b.id) AS unproven
FROM listed b JOIN enrow_phone.accounts a ON a.id = b.account LEFT JOIN enrow_phone.runs r ON r.id = b.owner
ORDER BY b.id
