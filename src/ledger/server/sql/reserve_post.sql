-- Reserves the next moment for a POST.
-- $1 account, $2 now, $3 spacing, $4 the wider one after too many, $5 how long that is kept at most, $6 what
-- is further away than a queue
INSERT INTO enrow_phone.accounts AS a (digest, next_post) VALUES ($1, $2::bigint + $3::bigint)
ON CONFLICT (digest) DO UPDATE SET
    next_post = CASE WHEN a.next_post - $2 <= $6 THEN greatest(a.next_post, $2) ELSE $2 END
        + CASE WHEN a.careful_until BETWEEN $2 AND $2 + $5 THEN $4 ELSE $3 END
RETURNING next_post - CASE WHEN careful_until BETWEEN $2 AND $2 + $5 THEN $4 ELSE $3 END AS turn
