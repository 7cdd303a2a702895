-- What was given up, so that what Enrow says of it later is known for what it is.
CREATE TABLE enrow_phone.released (nonce text PRIMARY KEY);
