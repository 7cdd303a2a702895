-- Adds people and keys, if all is still as it was when this was decided; otherwise nothing is written, and
-- the division by zero says so. Keys are inserted in their order, so that two runs never wait for each other.
-- $1 keys of the new people in the order of their ids; $2 new keys, sorted, $3 whose they are, where that is
-- somebody who was there, $4 where it is a new person, the key of that one, $5 whether it is their own; $6
-- keys that change, $7 whose they were, $8 whose they become, $9 or of which new person, $10 whether it is
-- their own
WITH durable AS MATERIALIZED (SELECT set_config('synchronous_commit', 'on', true)),
new AS MATERIALIZED (
    INSERT INTO enrow_phone.people (id, key)
    SELECT nextval('enrow_phone.person_ids'), key
    FROM (SELECT key FROM unnest($1::uuid[]) WITH ORDINALITY n (key, place), durable ORDER BY place) n
    RETURNING id, key),
there AS MATERIALIZED (
    SELECT count(*) AS n FROM (
        SELECT id FROM enrow_phone.people
        WHERE id IN (SELECT person FROM unnest($3::bigint[] || $8::bigint[]) e (person) WHERE person IS NOT NULL)
        ORDER BY id FOR KEY SHARE) p),
added AS (
    INSERT INTO enrow_phone.keys (key, person, own)
    SELECT e.key, coalesce(e.person, new.id), e.own
    FROM there
    CROSS JOIN unnest($2::uuid[], $3::bigint[], $4::uuid[], $5::boolean[]) e (key, person, of_new, own)
    LEFT JOIN new ON new.key = e.of_new
    ORDER BY e.key
    RETURNING key),
changed AS (
    UPDATE enrow_phone.keys k SET person = coalesce(e.person, new.id), own = e.own
    FROM unnest($6::uuid[], $7::bigint[], $8::bigint[], $9::uuid[], $10::boolean[]) e (key, was, person, of_new, own)
    LEFT JOIN new ON new.key = e.of_new
    WHERE k.key = e.key AND k.person IS NOT DISTINCT FROM e.was AND NOT k.own
    RETURNING k.key)
SELECT 1 / (CASE WHEN (SELECT count(*) FROM changed) = cardinality($6::uuid[])
        AND there.n = (SELECT count(DISTINCT person) FROM unnest($3::bigint[] || $8::bigint[]) e (person)
            WHERE person IS NOT NULL)
    THEN 1 ELSE 0 END) AS one, new.key, new.id
FROM there LEFT JOIN new ON true
