-- Notes that the run which sent a batch is dead, as its machine says. $1 nonce
UPDATE enrow_phone.runs r SET ended = true FROM enrow_phone.batches b WHERE b.nonce = $1 AND r.id = b.owner
