-- Its machine says that the run which sent a batch is dead. $1 its word
UPDATE enrow_phone.runs r SET ended = true FROM enrow_phone.batches b WHERE b.nonce = $1 AND r.id = b.owner
