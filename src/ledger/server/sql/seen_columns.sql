    (SELECT coalesce(array_agg(digest ORDER BY id), '{}') FROM enrow_phone.accounts) AS accounts,
    (SELECT coalesce(array_agg(revision ORDER BY id), '{}') FROM enrow_phone.accounts) AS revisions,
    (SELECT value::bigint FROM enrow_phone.meta WHERE name = 'generation') AS generation,
    (SELECT value FROM enrow_phone.meta WHERE name = 'rewound') AS rewound
