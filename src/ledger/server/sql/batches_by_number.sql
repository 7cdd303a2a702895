-- $1 number
WITH listed AS (SELECT * FROM enrow_phone.batches WHERE id = $1)
