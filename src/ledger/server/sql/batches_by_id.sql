-- $1 ids of Enrow's
WITH listed AS (SELECT * FROM enrow_phone.batches WHERE enrow_id = ANY ($1::text[]))
