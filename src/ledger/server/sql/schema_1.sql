-- Every name is qualified: a pooler forgets `search_path`. Moments are milliseconds since 1970 by the server's clock.
CREATE TABLE enrow_phone.accounts (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    digest uuid NOT NULL UNIQUE,
    revision bigint NOT NULL DEFAULT 0,
    next_post bigint NOT NULL DEFAULT 0,
    careful_until bigint NOT NULL DEFAULT 0,
    price bigint,
    baseline bigint,
    baseline_at bigint
);
-- `seen` is when a run last said that it is alive, by the server itself. A run that ended stays: it says who asked.
CREATE TABLE enrow_phone.runs (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    token uuid NOT NULL UNIQUE,
    host text,
    person text,
    label text,
    version text NOT NULL,
    seen_at bigint NOT NULL,
    seen timestamptz NOT NULL DEFAULT clock_timestamp(),
    ended boolean NOT NULL DEFAULT false
);
-- `members` are the people in the order of the request, until everybody is answered.
CREATE TABLE enrow_phone.batches (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    account bigint NOT NULL REFERENCES enrow_phone.accounts (id),
    owner bigint NOT NULL,
    state text NOT NULL CHECK (state IN ('sending', 'running', 'completed', 'failed', 'unknown')),
    single boolean NOT NULL,
    nonce text NOT NULL UNIQUE,
    searches bigint NOT NULL CHECK (searches > 0),
    members bigint[],
    claimed_at bigint NOT NULL,
    send_by bigint NOT NULL,
    scope uuid,
    label text,
    balance_before bigint,
    open bigint NOT NULL,
    lost_at bigint,
    experiment text,
    answer bytea,
    answer_status bigint,
    enrow_id text UNIQUE,
    accepted_at bigint,
    reserved bigint,
    estimated boolean NOT NULL DEFAULT false,
    from_sub bigint,
    from_paygo bigint,
    looks bigint NOT NULL DEFAULT 0,
    last_look_at bigint,
    done_since bigint,
    done_since_server bigint,
    missing_since bigint,
    missing_since_server bigint,
    stated_refund bigint,
    stated_found bigint,
    ended_at bigint,
    refunded bigint,
    found bigint,
    CHECK (state NOT IN ('running', 'completed', 'failed') OR (enrow_id IS NOT NULL AND reserved IS NOT NULL))
);
CREATE INDEX batches_of_list ON enrow_phone.batches (scope) WHERE scope IS NOT NULL;
CREATE INDEX batches_unsettled ON enrow_phone.batches (state) WHERE state IN ('sending', 'running', 'unknown');
-- What was tried: a claim whose answer was lost either is here with its batch, or never comes to be once its row is here.
CREATE TABLE enrow_phone.attempts (
    id uuid PRIMARY KEY,
    batch bigint,
    tried timestamptz NOT NULL DEFAULT clock_timestamp()
);
-- One row holds claim and answer. Claims in a table of their own pay twice: an answer that is recorded between the snapshot
-- and the insert is not seen. An update of such a row touches no index, and a page has room for it.
CREATE SEQUENCE enrow_phone.person_ids;
-- The newest moment that is recorded. Moments never go back, whatever a clock says, and a sequence is locked by nobody.
CREATE SEQUENCE enrow_phone.newest_at;
CREATE TABLE enrow_phone.people (
    id bigint PRIMARY KEY,
    key uuid NOT NULL,
    batch bigint,
    status smallint CHECK (status BETWEEN 1 AND 6),
    answered_at bigint,
    asked_at bigint,
    number text,
    country text,
    note text,
    sent_key uuid,
    names bigint,
    custom bigint,
    hole smallint,
    resubmitted bigint NOT NULL DEFAULT 0,
    CHECK ((status IS NULL) = (asked_at IS NULL)),
    CHECK ((status IS NOT DISTINCT FROM 1) = (number IS NOT NULL))
) WITH (fillfactor = 70);
-- Who has which id, by the key of their search (own) and by other keys; nobody where a key fits two.
CREATE TABLE enrow_phone.keys (
    key uuid PRIMARY KEY,
    person bigint,
    own boolean NOT NULL
);
CREATE INDEX aliases ON enrow_phone.keys (person) WHERE NOT own;
CREATE TABLE enrow_phone.unproven (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    batch bigint NOT NULL REFERENCES enrow_phone.batches (id),
    person bigint,
    position bigint,
    number text NOT NULL,
    country text,
    doubt smallint NOT NULL
);
CREATE INDEX unproven_of_batch ON enrow_phone.unproven (batch);
CREATE INDEX unproven_of_person ON enrow_phone.unproven (person);
CREATE TABLE enrow_phone.readings (
    batch bigint NOT NULL REFERENCES enrow_phone.batches (id),
    at bigint NOT NULL,
    balance bigint NOT NULL,
    PRIMARY KEY (batch, at)
);
CREATE TABLE enrow_phone.savings (
    at bigint NOT NULL,
    account bigint REFERENCES enrow_phone.accounts (id),
    label text,
    numbers bigint NOT NULL,
    credits bigint NOT NULL
);
CREATE TABLE enrow_phone.refreshes (
    scope uuid PRIMARY KEY,
    began_at bigint NOT NULL
);
INSERT INTO enrow_phone.meta VALUES ('id', gen_random_uuid()::text);
