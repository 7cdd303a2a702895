SELECT coalesce(sum(searches), 0)::bigint AS searches, coalesce(sum(found), 0)::bigint AS found
FROM enrow_phone.batches WHERE state = 'completed'
