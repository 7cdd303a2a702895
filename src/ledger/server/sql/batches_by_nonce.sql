-- $1 nonce
WITH listed AS (SELECT * FROM enrow_phone.batches WHERE nonce = $1)
