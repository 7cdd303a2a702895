//! The tables, and how an older ledger is brought to today's version.

use rusqlite::{Connection, TransactionBehavior};

/// Each step takes a ledger from version `index` to `index + 1`. A step that was released is never edited.
const STEPS: &[&str] = &[
    // People are kept in the order in which they came, by an id that is never used again: claims and answers then touch
    // neighbouring pages, which is what makes a batch of 3,000 cost milliseconds (measured: 4 ms by id, 54 ms by key).
    // The claim is a column of the person, so one person cannot be in two batches. `members` says who is where in a
    // batch, one row for all who follow one another in both: an index on the claim, or a foreign key checked for each
    // person, would cost more than the claim itself. `keys` says who has which id, by the key of their search (role 1)
    // and by other keys (role 0, without a person where it fits two). It is a table and not an index of `people`, so
    // that each is filled in its own order; for the same reason ids are counted in `meta`. `aliases` of a person is a
    // digest of those that were looked at last, so that they need not be looked up again. `open` counts the people of a
    // batch who still wait for an answer. `sent_key`, `names` and `custom` are what was sent for the newest search of a
    // person, so that any run can tell later whose a result is. `hole` says why the newest look found no answer.
    "CREATE TABLE meta (
         name TEXT PRIMARY KEY,
         value TEXT NOT NULL
     ) STRICT, WITHOUT ROWID;
     CREATE TABLE accounts (
         id INTEGER PRIMARY KEY,
         digest BLOB NOT NULL UNIQUE,
         revision INTEGER NOT NULL DEFAULT 0,
         next_post INTEGER NOT NULL DEFAULT 0,
         careful_until INTEGER NOT NULL DEFAULT 0,
         price INTEGER,
         baseline INTEGER,
         baseline_at INTEGER
     ) STRICT;
     CREATE TABLE runs (
         id INTEGER PRIMARY KEY AUTOINCREMENT,
         token TEXT NOT NULL UNIQUE,
         pid INTEGER,
         started TEXT,
         seen_at INTEGER
     ) STRICT;
     CREATE TABLE batches (
         id INTEGER PRIMARY KEY AUTOINCREMENT,
         account INTEGER NOT NULL REFERENCES accounts (id),
         owner INTEGER NOT NULL,
         state TEXT NOT NULL CHECK (state IN ('sending', 'running', 'completed', 'failed', 'unknown')),
         single INTEGER NOT NULL CHECK (single IN (0, 1)),
         nonce TEXT NOT NULL UNIQUE,
         searches INTEGER NOT NULL CHECK (searches > 0),
         claimed_at INTEGER NOT NULL,
         send_by INTEGER NOT NULL,
         scope BLOB,
         label TEXT,
         balance_before INTEGER,
         open INTEGER NOT NULL,
         lost_at INTEGER,
         experiment TEXT,
         answer BLOB,
         answer_status INTEGER,
         enrow_id TEXT UNIQUE,
         accepted_at INTEGER,
         reserved INTEGER,
         estimated INTEGER NOT NULL DEFAULT 0 CHECK (estimated IN (0, 1)),
         from_sub INTEGER,
         from_paygo INTEGER,
         looks INTEGER NOT NULL DEFAULT 0,
         last_look_at INTEGER,
         done_since INTEGER,
         done_since_server INTEGER,
         missing_since INTEGER,
         missing_since_server INTEGER,
         stated_refund INTEGER,
         stated_found INTEGER,
         ended_at INTEGER,
         refunded INTEGER,
         found INTEGER,
         CHECK (state NOT IN ('running', 'completed', 'failed') OR (enrow_id IS NOT NULL AND reserved IS NOT NULL))
     ) STRICT;
     CREATE INDEX batches_of_list ON batches (scope) WHERE scope IS NOT NULL;
     CREATE INDEX batches_unsettled ON batches (state) WHERE state IN ('sending', 'running', 'unknown');
     CREATE TABLE people (
         id INTEGER PRIMARY KEY,
         key BLOB NOT NULL,
         batch INTEGER,
         status INTEGER CHECK (status BETWEEN 1 AND 6),
         answered_at INTEGER,
         asked_at INTEGER,
         number TEXT,
         country TEXT,
         note TEXT,
         aliases INTEGER,
         sent_key BLOB,
         names INTEGER,
         custom INTEGER,
         hole INTEGER,
         resubmitted INTEGER NOT NULL DEFAULT 0,
         CHECK ((status IS NULL) = (asked_at IS NULL)),
         CHECK ((status IS 1) = (number IS NOT NULL))
     ) STRICT;
     CREATE TABLE keys (
         key BLOB PRIMARY KEY CHECK (length(key) = 16),
         person INTEGER,
         role INTEGER NOT NULL CHECK (role IN (0, 1))
     ) STRICT, WITHOUT ROWID;
     CREATE INDEX aliases ON keys (person) WHERE role = 0;
     CREATE TABLE members (
         batch INTEGER NOT NULL REFERENCES batches (id),
         position INTEGER NOT NULL,
         person INTEGER NOT NULL,
         people INTEGER NOT NULL CHECK (people > 0),
         PRIMARY KEY (batch, position)
     ) STRICT, WITHOUT ROWID;
     CREATE TABLE unproven (
         id INTEGER PRIMARY KEY,
         batch INTEGER NOT NULL REFERENCES batches (id),
         person INTEGER,
         position INTEGER,
         number TEXT NOT NULL,
         country TEXT,
         doubt INTEGER NOT NULL
     ) STRICT;
     CREATE INDEX unproven_of_batch ON unproven (batch);
     CREATE TABLE readings (
         batch INTEGER NOT NULL REFERENCES batches (id),
         at INTEGER NOT NULL,
         balance INTEGER NOT NULL,
         PRIMARY KEY (batch, at)
     ) STRICT, WITHOUT ROWID;
     CREATE TABLE savings (
         at INTEGER NOT NULL,
         account INTEGER REFERENCES accounts (id),
         label TEXT,
         numbers INTEGER NOT NULL,
         credits INTEGER NOT NULL
     ) STRICT;
     CREATE TABLE refreshes (
         scope BLOB PRIMARY KEY,
         began_at INTEGER NOT NULL
     ) STRICT, WITHOUT ROWID;",
    // Who asked. A run leaves with its end, so its batches have it as well. And a batch whose people were asked for
    // again is kept: SQLite changes no CHECK, so the table is made anew, with ids that are not used again.
    "ALTER TABLE runs ADD COLUMN host TEXT;
     ALTER TABLE runs ADD COLUMN username TEXT;
     ALTER TABLE savings ADD COLUMN host TEXT;
     ALTER TABLE savings ADD COLUMN username TEXT;
     CREATE TABLE batches_2 (
         id INTEGER PRIMARY KEY AUTOINCREMENT,
         account INTEGER NOT NULL REFERENCES accounts (id),
         owner INTEGER NOT NULL,
         state TEXT NOT NULL CHECK (state IN ('sending', 'running', 'completed', 'failed', 'unknown', 'resubmitted')),
         single INTEGER NOT NULL CHECK (single IN (0, 1)),
         nonce TEXT NOT NULL UNIQUE,
         searches INTEGER NOT NULL CHECK (searches > 0),
         claimed_at INTEGER NOT NULL,
         send_by INTEGER NOT NULL,
         scope BLOB,
         label TEXT,
         balance_before INTEGER,
         open INTEGER NOT NULL,
         lost_at INTEGER,
         experiment TEXT,
         answer BLOB,
         answer_status INTEGER,
         enrow_id TEXT UNIQUE,
         accepted_at INTEGER,
         reserved INTEGER,
         estimated INTEGER NOT NULL DEFAULT 0 CHECK (estimated IN (0, 1)),
         from_sub INTEGER,
         from_paygo INTEGER,
         looks INTEGER NOT NULL DEFAULT 0,
         last_look_at INTEGER,
         done_since INTEGER,
         done_since_server INTEGER,
         missing_since INTEGER,
         missing_since_server INTEGER,
         stated_refund INTEGER,
         stated_found INTEGER,
         ended_at INTEGER,
         refunded INTEGER,
         found INTEGER,
         host TEXT,
         username TEXT,
         CHECK (state NOT IN ('running', 'completed', 'failed') OR (enrow_id IS NOT NULL AND reserved IS NOT NULL))
     ) STRICT;
     INSERT INTO batches_2 SELECT *, NULL, NULL FROM batches;
     DELETE FROM sqlite_sequence WHERE name = 'batches_2';
     INSERT INTO sqlite_sequence SELECT 'batches_2', seq FROM sqlite_sequence WHERE name = 'batches';
     DROP TABLE batches;
     ALTER TABLE batches_2 RENAME TO batches;
     CREATE INDEX batches_of_list ON batches (scope) WHERE scope IS NOT NULL;
     CREATE INDEX batches_unsettled ON batches (state) WHERE state IN ('sending', 'running', 'unknown');
     INSERT INTO meta (name, value) VALUES ('id', lower(hex(randomblob(16))));",
    // How many keys of each kind a person has (`KindCounts`) is all that is asked of them. It takes the place of an index
    // that was a fifth of the file.
    "ALTER TABLE people ADD COLUMN kinds INTEGER;
     UPDATE people SET kinds = (
         SELECT sum(CASE WHEN k.key < x'40' THEN 1 WHEN k.key < x'80' THEN 1 << 20 ELSE 1 << 40 END)
         FROM (SELECT people.key UNION ALL SELECT key FROM keys WHERE person = people.id AND role = 0) k);
     DROP INDEX aliases;",
    // Caps on what all runs spend together; the account of zeros is all of them. A reservation is what a batch may
    // cost, from before its claim on. While there is no batch of this nonce it counts as spent.
    "CREATE TABLE budgets (
         account BLOB NOT NULL CHECK (length(account) = 16),
         per TEXT NOT NULL CHECK (per IN ('day', 'month')),
         credits INTEGER NOT NULL CHECK (credits >= 0),
         PRIMARY KEY (account, per)
     ) STRICT, WITHOUT ROWID;
     CREATE TABLE reservations (
         nonce TEXT PRIMARY KEY,
         account BLOB NOT NULL CHECK (length(account) = 16),
         at INTEGER NOT NULL,
         searches INTEGER NOT NULL,
         price INTEGER NOT NULL,
         label TEXT,
         host TEXT,
         username TEXT
     ) STRICT, WITHOUT ROWID;
     CREATE INDEX reservations_by_time ON reservations (at);",
    // What was given up, so that what Enrow says of it later is known for what it is.
    "CREATE TABLE released (nonce TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;",
];

/// The version this program writes.
#[expect(clippy::cast_possible_wrap, reason = "a handful of steps")]
pub(super) const VERSION: i64 = STEPS.len() as i64;

/// Brings a ledger to today's version in one transaction. Returns the version it has then, which is a higher one where a
/// later release is at work.
pub(super) fn migrate(connection: &mut Connection) -> rusqlite::Result<i64> {
    let version =
        |c: &Connection| c.pragma_query_value(None, "user_version", |row| row.get::<_, i64>(0));
    let found = version(connection)?;
    if found >= VERSION {
        return Ok(found);
    }
    // A table that is made anew is gone for a moment, and others point to it.
    connection.pragma_update(None, "foreign_keys", false)?;
    let migrated = migrate_from(connection, version);
    connection.pragma_update(None, "foreign_keys", true)?;
    migrated
}

fn migrate_from(
    connection: &mut Connection,
    version: impl Fn(&Connection) -> rusqlite::Result<i64>,
) -> rusqlite::Result<i64> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    // Asked again under the lock: another run may have migrated it in between.
    let found = version(&transaction)?;
    if found < VERSION {
        for step in STEPS.iter().skip(usize::try_from(found).unwrap_or(usize::MAX)) {
            transaction.execute_batch(step)?;
        }
        transaction.pragma_update(None, "user_version", VERSION)?;
    }
    transaction.commit()?;
    Ok(found.max(VERSION))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::resolver::KindCounts;
    use crate::people::PersonKey;

    /// A key whose first two bits say of which kind it is.
    fn key(kind: u8, number: u8) -> PersonKey {
        let mut bytes = [number; 16];
        bytes[0] = kind << 6 | number;
        PersonKey::from_bytes(bytes)
    }

    #[test]
    fn a_ledger_of_the_first_version_becomes_one_of_today_with_all_that_is_in_it() {
        let mut c = Connection::open_in_memory().unwrap();
        c.execute_batch(STEPS[0]).unwrap();
        c.pragma_update(None, "user_version", 1).unwrap();
        let people = [
            vec![key(0, 1), key(1, 1), key(2, 1), key(2, 2)],
            vec![key(1, 3)],
            vec![key(2, 4), key(3, 4)],
        ];
        for (keys, id) in people.iter().zip(1..) {
            c.execute("INSERT INTO people (id, key) VALUES (?1, ?2)", (id, keys[0].as_bytes()))
                .unwrap();
            for (place, key) in keys.iter().enumerate() {
                c.execute("INSERT INTO keys VALUES (?1, ?2, ?3)", (key.as_bytes(), id, place == 0))
                    .unwrap();
            }
        }
        c.execute("INSERT INTO keys VALUES (?1, NULL, 0)", [key(0, 9).as_bytes()]).unwrap();
        let batch = "INSERT INTO accounts (digest) VALUES (x'00');
             INSERT INTO batches (account, owner, state, single, nonce, searches, claimed_at, send_by, open)
             VALUES (1, 1, 'unknown', 0, 'a', 1, 1, 1, 1), (1, 1, 'unknown', 0, 'b', 1, 1, 1, 1);
             INSERT INTO readings VALUES (1, 1, 1); DELETE FROM batches WHERE nonce = 'b';";
        c.execute_batch(batch).unwrap();
        assert_eq!(migrate(&mut c), Ok(VERSION));
        // A batch is kept with what points to it, may be in a state of today, and its id is not used again.
        c.execute_batch(
            "UPDATE batches SET state = 'resubmitted';
             INSERT INTO batches (account, owner, state, single, nonce, searches, claimed_at, send_by, open)
             VALUES (1, 1, 'unknown', 0, 'c', 1, 1, 1, 1)",
        )
        .unwrap();
        let count = |sql| c.query_row(sql, [], |row| row.get::<_, i64>(0)).unwrap();
        assert_eq!(count("SELECT id FROM batches WHERE nonce = 'c'"), 3);
        assert_eq!(count("SELECT count(*) FROM pragma_foreign_key_check"), 0);
        assert!(c.execute("DELETE FROM batches WHERE id = 1", []).is_err(), "readings point to it");
        for (keys, id) in people.iter().zip(1..) {
            let kinds = "SELECT kinds FROM people WHERE id = ?1";
            let counted: i64 = c.query_row(kinds, [id], |row| row.get(0)).unwrap();
            assert_eq!(KindCounts(counted), KindCounts::of(keys.iter().copied()), "{id}");
        }
        assert_eq!(migrate(&mut c), Ok(VERSION));
    }
}
