-- Caps on what all runs spend together. The account of zeros is all of them.
CREATE TABLE enrow_phone.budgets (
    account uuid NOT NULL,
    per text NOT NULL CHECK (per IN ('day', 'month')),
    credits bigint NOT NULL CHECK (credits >= 0),
    revision bigint NOT NULL DEFAULT 0,
    PRIMARY KEY (account, per)
);
-- What a batch may cost, from before its claim on. While there is no batch of this nonce it counts as spent.
CREATE TABLE enrow_phone.reservations (
    nonce text PRIMARY KEY,
    account uuid NOT NULL,
    at bigint NOT NULL,
    searches bigint NOT NULL,
    price bigint NOT NULL,
    label text,
    host text,
    username text
);
CREATE INDEX reservations_by_time ON enrow_phone.reservations (at);
