-- The members of a settled batch are kept only while somebody has no usable answer.
WITH listed AS (
    SELECT * FROM enrow_phone.batches WHERE state = 'unknown' OR id IN (SELECT batch FROM enrow_phone.unproven)
        OR (state IN ('completed', 'failed') AND members IS NOT NULL))
