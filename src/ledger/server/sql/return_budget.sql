-- $1 nonce
DELETE FROM enrow_phone.reservations WHERE nonce = $1
