WITH listed AS (SELECT * FROM enrow_phone.batches WHERE state IN ('unknown', 'resubmitted'))
