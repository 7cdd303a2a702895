-- Which of these batches are still there. $1 batches
SELECT id FROM enrow_phone.batches WHERE id = ANY ($1::bigint[])
