-- Merges what was copied into the ledger. Ids of people are the ledger's own already; those of accounts and
-- batches are found by digest and nonce. Runs on both backends.
INSERT INTO {schema}accounts (digest) SELECT digest FROM moved_accounts WHERE true ORDER BY digest ON CONFLICT (digest) DO NOTHING;
CREATE TEMP TABLE moved_account_ids {temporary} AS
SELECT m.id AS old, a.id AS new FROM moved_accounts m JOIN {schema}accounts a ON a.digest = m.digest;

-- A batch that both have comes from a copy of one of them: the one that knows more of it counts.
CREATE TEMP TABLE moved_known {temporary} AS
SELECT m.id, m.nonce, CASE m.state WHEN 'sending' THEN 0 WHEN 'unknown' THEN 1 WHEN 'running' THEN 2 ELSE 3 END
    > CASE b.state WHEN 'sending' THEN 0 WHEN 'unknown' THEN 1 WHEN 'running' THEN 2 ELSE 3 END AS is_further
FROM moved_batches m JOIN {schema}batches b ON b.nonce = m.nonce;
UPDATE {schema}batches AS b SET state = m.state, enrow_id = m.enrow_id, reserved = m.reserved, estimated = m.estimated != 0,
    accepted_at = m.accepted_at, from_sub = m.from_sub, from_paygo = m.from_paygo, looks = m.looks, last_look_at = m.last_look_at,
    stated_refund = m.stated_refund, stated_found = m.stated_found, ended_at = m.ended_at, refunded = m.refunded, found = m.found
FROM moved_batches m WHERE m.nonce = b.nonce AND m.id IN (SELECT id FROM moved_known WHERE is_further);
INSERT INTO {schema}batches (account, owner, state, single, nonce, searches, open, claimed_at, send_by, scope, label, host, username,
    balance_before, lost_at, experiment, answer, answer_status, enrow_id, accepted_at, reserved, estimated, from_sub, from_paygo,
    looks, last_look_at, done_since, done_since_server, missing_since, missing_since_server, stated_refund, stated_found, ended_at,
    refunded, found)
SELECT a.new, 0, CASE m.state WHEN 'sending' THEN 'unknown' ELSE m.state END, m.single != 0, m.nonce, m.searches, 0, m.claimed_at,
    m.send_by, m.scope, m.label, m.host, m.username, m.balance_before,
    CASE m.state WHEN 'sending' THEN coalesce(m.lost_at, m.send_by) ELSE m.lost_at END,
    m.experiment, m.answer, m.answer_status, m.enrow_id, m.accepted_at, m.reserved, m.estimated != 0, m.from_sub, m.from_paygo,
    m.looks, m.last_look_at, m.done_since, m.done_since_server, m.missing_since, m.missing_since_server, m.stated_refund,
    m.stated_found, m.ended_at, m.refunded, m.found
FROM moved_batches m JOIN moved_account_ids a ON a.old = m.account
WHERE m.nonce NOT IN (SELECT nonce FROM moved_known) ORDER BY m.id;
CREATE TEMP TABLE moved_batch_ids {temporary} AS
SELECT m.id AS old, b.id AS new, CASE WHEN k.id IS NULL THEN 1 ELSE 0 END AS is_new,
    CASE WHEN b.state IN ('sending', 'running', 'unknown') THEN 1 ELSE 0 END AS is_open
FROM moved_batches m JOIN {schema}batches b ON b.nonce = m.nonce LEFT JOIN moved_known k ON k.id = m.id;

-- An objection counts more than a number, a number more than none, a newer answer more than an older one.
CREATE TEMP TABLE moved_answers {temporary} AS
SELECT * FROM (
    SELECT m.*, row_number() OVER (
        PARTITION BY id ORDER BY CASE status WHEN 5 THEN 0 WHEN 1 THEN 1 ELSE 2 END, asked_at DESC, key) AS rank
    FROM moved_people m WHERE id > 0 AND status IS NOT NULL) ranked
WHERE rank = 1;
UPDATE {schema}people AS p SET status = m.status, answered_at = m.answered_at, number = m.number, country = m.country, note = m.note,
    asked_at = CASE WHEN p.asked_at > m.asked_at THEN p.asked_at ELSE m.asked_at END
FROM moved_answers m
WHERE m.id = p.id AND (p.status IS NULL OR p.status != 5 AND (m.status = 5
    OR m.status = 1 AND (p.status != 1 OR m.answered_at > p.answered_at)
    OR m.status != 1 AND p.status != 1 AND m.asked_at > p.asked_at));
UPDATE {schema}people AS p SET asked_at = m.asked_at FROM moved_answers m
WHERE m.id = p.id AND p.status = 1 AND m.asked_at > p.asked_at;

-- Who waits for a batch here goes on waiting for it; a number that comes in the other one is recorded all the
-- same.
CREATE TEMP TABLE moved_sent {temporary} AS
SELECT * FROM (
    SELECT m.id, b.new AS batch, coalesce(m.sent_key, m.key) AS sent_key, m.names, m.custom, m.hole, row_number() OVER (
        PARTITION BY m.id ORDER BY CASE WHEN b.new IS NULL THEN 1 ELSE 0 END, b.new, m.key) AS rank
    FROM moved_people m LEFT JOIN moved_batch_ids b ON b.old = m.batch AND b.is_open = 1 WHERE m.id > 0) ranked
WHERE rank = 1;
UPDATE {schema}people AS p SET batch = m.batch, sent_key = nullif(m.sent_key, p.key), names = m.names, custom = m.custom, hole = m.hole
FROM moved_sent m
WHERE m.id = p.id AND p.batch IS NULL AND (p.status IS NULL OR p.status != 5)
    AND (m.batch IS NOT NULL OR p.sent_key IS NULL AND p.names IS NULL AND p.custom IS NULL);
UPDATE {schema}people SET batch = NULL WHERE batch IS NOT NULL AND (
    status = 5 AND id IN (SELECT id FROM moved_answers)
    OR batch IN (SELECT new FROM moved_batch_ids WHERE is_new = 0 AND is_open = 0));
UPDATE {schema}people AS p SET resubmitted = p.resubmitted + m.often
FROM (SELECT id, sum(resubmitted) AS often FROM moved_people WHERE id > 0 GROUP BY id) m WHERE m.id = p.id AND m.often > 0;

INSERT INTO {schema}unproven (batch, person, position, number, country, doubt)
SELECT b.new, nullif(m.person, 0), m.position, m.number, m.country, m.doubt
FROM moved_unproven m JOIN moved_batch_ids b ON b.old = m.batch
WHERE NOT EXISTS (
    SELECT 1 FROM {schema}unproven o WHERE o.batch = b.new AND o.person IS NOT DISTINCT FROM nullif(m.person, 0)
    AND o.position IS NOT DISTINCT FROM m.position AND o.number = m.number);
INSERT INTO {schema}readings (batch, at, balance)
SELECT b.new, m.at, m.balance FROM moved_readings m JOIN moved_batch_ids b ON b.old = m.batch WHERE true
ON CONFLICT (batch, at) DO NOTHING;
INSERT INTO {schema}savings (at, account, label, host, username, numbers, credits)
SELECT m.at, a.new, m.label, m.host, m.username, m.numbers, m.credits
FROM moved_savings m LEFT JOIN moved_account_ids a ON a.old = m.account;
-- Who was asked since the earlier beginning was asked for either.
INSERT INTO {schema}refreshes AS r (scope, began_at) SELECT scope, began_at FROM moved_refreshes WHERE true
ON CONFLICT (scope) DO UPDATE SET began_at = excluded.began_at WHERE excluded.began_at < r.began_at;
-- A key that fits two people there fits two here.
INSERT INTO {schema}keys AS k (key, person, {own}) SELECT key, NULL, {not_own} FROM moved_keys WHERE true
ON CONFLICT (key) DO UPDATE SET person = NULL WHERE k.{own} = {not_own};
INSERT INTO {schema}budgets (account, per, credits) SELECT account, per, credits FROM moved_budgets WHERE true
ON CONFLICT (account, per) DO NOTHING;
INSERT INTO {schema}reservations (nonce, account, at, searches, price, label, host, username)
SELECT nonce, account, at, searches, price, label, host, username FROM moved_reservations WHERE true ON CONFLICT (nonce) DO NOTHING;
INSERT INTO {schema}meta (name, value) SELECT name, value FROM moved_meta WHERE true ON CONFLICT (name) DO NOTHING;
INSERT INTO {schema}released (nonce) SELECT nonce FROM moved_released WHERE true ON CONFLICT (nonce) DO NOTHING;

CREATE TEMP TABLE moved_open {temporary} AS SELECT batch, count(*) AS people FROM {schema}people WHERE batch IS NOT NULL GROUP BY batch;
UPDATE {schema}batches AS b SET open = coalesce((SELECT people FROM moved_open o WHERE o.batch = b.id), 0)
WHERE state IN ('sending', 'running', 'unknown');
UPDATE {schema}accounts AS a SET price = coalesce(a.price, m.price),
    next_post = CASE WHEN m.next_post > a.next_post THEN m.next_post ELSE a.next_post END,
    careful_until = CASE WHEN m.careful_until > a.careful_until THEN m.careful_until ELSE a.careful_until END
FROM moved_accounts m WHERE m.digest = a.digest;
-- No balance that was read before explains what is here now.
UPDATE {schema}accounts SET baseline = NULL, baseline_at = NULL, revision = revision + 1
