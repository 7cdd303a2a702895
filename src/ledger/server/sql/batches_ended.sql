-- $1 how many at most
WITH listed AS (
    SELECT * FROM enrow_phone.batches WHERE state IN ('completed', 'failed') ORDER BY id DESC LIMIT $1)
