-- $1 the name under which a move is noted
SELECT EXISTS (SELECT FROM enrow_phone.meta WHERE name = $1) AS yes
