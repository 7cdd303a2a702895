-- What is copied, and what both ledgers have. Ids of people are the target's by now.
SELECT (SELECT count(DISTINCT id) FROM moved_people WHERE id > 0 AND (status IS NOT NULL OR batch IS NOT NULL)) AS people,
    (SELECT count(DISTINCT m.id) FROM moved_people m JOIN {schema}people p ON p.id = m.id
        WHERE (m.status IS NOT NULL OR m.batch IS NOT NULL) AND (p.status IS NOT NULL OR p.batch IS NOT NULL)) AS in_both,
    (SELECT count(DISTINCT m.id) FROM moved_people m JOIN {schema}people p ON p.id = m.id
        WHERE m.status = 1 AND p.status = 1) AS paid_in_both,
    (SELECT count(*) FROM moved_batches) AS batches,
    (SELECT count(*) FROM moved_batches WHERE state IN ('sending', 'running', 'unknown')) AS unsettled,
    (SELECT count(*) FROM moved_people WHERE status = 5) AS suppressed,
    (SELECT count(*) FROM moved_batches m JOIN {schema}batches b ON b.enrow_id = m.enrow_id WHERE b.nonce != m.nonce) AS clashes
