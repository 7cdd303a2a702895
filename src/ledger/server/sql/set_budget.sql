-- $1 account, $2 period, $3 credits, or null for no budget
WITH durable AS MATERIALIZED (SELECT set_config('synchronous_commit', 'on', true)),
counted AS (
    INSERT INTO enrow_phone.meta AS m SELECT 'changes', '1' FROM durable
    ON CONFLICT (name) DO UPDATE SET value = (m.value::bigint + 1)::text),
gone AS (DELETE FROM enrow_phone.budgets WHERE account = $1 AND per = $2 AND $3::bigint IS NULL)
INSERT INTO enrow_phone.budgets AS b (account, per, credits) SELECT $1, $2, $3 FROM durable WHERE $3::bigint IS NOT NULL
ON CONFLICT (account, per) DO UPDATE SET credits = excluded.credits, revision = b.revision + 1
