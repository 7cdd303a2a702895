-- Who asked. Batches have it as well as runs: those of a ledger that was moved here had none.
ALTER TABLE enrow_phone.batches ADD COLUMN host text, ADD COLUMN username text;
ALTER TABLE enrow_phone.savings ADD COLUMN host text, ADD COLUMN username text;
ALTER TABLE enrow_phone.runs RENAME COLUMN person TO username;
ALTER TABLE enrow_phone.runs DROP COLUMN label;
-- A batch whose people were asked for again is kept.
ALTER TABLE enrow_phone.batches DROP CONSTRAINT batches_state_check;
ALTER TABLE enrow_phone.batches ADD CONSTRAINT batches_state_check
    CHECK (state IN ('sending', 'running', 'completed', 'failed', 'unknown', 'resubmitted'));
