-- $1 batch
SELECT at, balance FROM enrow_phone.readings WHERE batch = $1 ORDER BY at
