-- $1 batch
SELECT person, position, number, country, doubt::bigint FROM enrow_phone.unproven WHERE batch = $1 ORDER BY id
