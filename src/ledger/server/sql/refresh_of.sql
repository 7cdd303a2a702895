-- When an unfinished refresh began, or a moment after everything that is recorded. $1 scope, $2 now
SELECT coalesce(r.began_at, greatest($2, newest.last_value + 1)) AS since, r.began_at IS NOT NULL AS is_continued
FROM enrow_phone.newest_at newest LEFT JOIN enrow_phone.refreshes r ON r.scope = $1
