-- $1 account, $2 until, $3 until when POSTs are further apart
INSERT INTO enrow_phone.accounts AS a (digest, next_post, careful_until) VALUES ($1, $2, $3)
ON CONFLICT (digest) DO UPDATE SET next_post = greatest(a.next_post, $2), careful_until = greatest(a.careful_until, $3)
