    (SELECT coalesce(array_agg(digest ORDER BY id), '{}') FROM enrow_phone.accounts) || '00000000-0000-0000-0000-000000000000'::uuid
        AS accounts,
    (SELECT coalesce(array_agg(revision ORDER BY id), '{}') FROM enrow_phone.accounts)
        || coalesce((SELECT value::bigint FROM enrow_phone.meta WHERE name = 'changes'), 0) AS revisions,
    (SELECT value::bigint FROM enrow_phone.meta WHERE name = 'generation') AS generation,
    (SELECT value FROM enrow_phone.meta WHERE name = 'rewound') AS rewound
