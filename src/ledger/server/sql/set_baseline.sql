-- Keeps a baseline unless something has happened since the state was read.
-- $1 account, $2 baseline, $3 now, $4 revision
INSERT INTO enrow_phone.accounts AS a (digest, baseline, baseline_at) VALUES ($1, $2, $3)
ON CONFLICT (digest) DO UPDATE SET baseline = $2, baseline_at = $3 WHERE a.revision = $4
