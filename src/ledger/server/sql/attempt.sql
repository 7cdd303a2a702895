-- Which batch an attempt became. $1 attempt
SELECT batch FROM enrow_phone.attempts WHERE id = $1
