-- Which rows the ledger has anything to say about, by person or by number. Numbers have no index: it would
-- cost every answer that is recorded.
-- $1 people, $2 numbers
WITH known AS MATERIALIZED (
    SELECT DISTINCT p.number FROM enrow_phone.people p WHERE p.number = ANY ($2::text[]))
SELECT asked.place - 1 AS place FROM unnest($1::bigint[], $2::text[]) WITH ORDINALITY asked (person, number, place)
WHERE EXISTS (
        SELECT FROM enrow_phone.people p WHERE p.id = asked.person AND (p.status IS NOT NULL OR p.batch IS NOT NULL))
    OR asked.number IN (SELECT number FROM known)
