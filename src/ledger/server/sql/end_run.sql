-- $1 run
UPDATE enrow_phone.runs SET ended = true WHERE id = $1
RETURNING
