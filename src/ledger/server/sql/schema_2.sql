-- Who asked. Batches have it as well as runs: those of a ledger that was moved here had none.
ALTER TABLE enrow_phone.batches ADD COLUMN host text, ADD COLUMN username text;
ALTER TABLE enrow_phone.savings ADD COLUMN host text, ADD COLUMN username text;
