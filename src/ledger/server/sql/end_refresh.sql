-- $1 scope
DELETE FROM enrow_phone.refreshes WHERE scope = $1
