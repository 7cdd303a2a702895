//! What is copied of a ledger, by tables and columns. Ids are the source's; [`ColumnKind::Person`] is translated on the
//! way.

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::ledger) enum ColumnKind {
    Bytes,
    /// Yes or no.
    Flag,
    /// 16 bytes.
    Key,
    Number,
    /// The id of a person.
    Person,
    Text,
    /// A moment by the clock of the ledger.
    Time,
}

/// A table of which all rows are copied.
#[derive(Debug)]
pub(in crate::ledger) struct CopiedTable {
    pub(in crate::ledger) name: &'static str,
    pub(in crate::ledger) columns: &'static [(&'static str, ColumnKind)],
    /// What it is read from, by backend.
    pub(in crate::ledger) in_file: &'static str,
    #[cfg_attr(not(feature = "postgres"), expect(dead_code, reason = "there is no server"))]
    pub(in crate::ledger) on_server: &'static str,
}

/// A value on its way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::ledger) enum Cell {
    Bytes(Vec<u8>),
    Null,
    Number(i64),
    Text(String),
}

/// Some rows of a table.
#[derive(Debug)]
pub(in crate::ledger) enum Part {
    Rows(&'static CopiedTable, Vec<Vec<Cell>>),
    /// Nothing follows. Where this is missing the source has failed.
    End,
}

/// The receiver of what another ledger sends.
pub(in crate::ledger) type Parts = tokio::sync::mpsc::Receiver<Part>;

use ColumnKind::{Bytes, Flag, Key, Number, Person, Text, Time};

/// The keys of people who are known by several, and those that fit two.
pub(in crate::ledger) const KEYS: &CopiedTable = &CopiedTable {
    name: "keys",
    columns: &[("key", Key), ("person", Person)],
    in_file: "keys WHERE role = 0",
    on_server: "enrow_phone.keys WHERE NOT own",
};

/// Who there is.
pub(in crate::ledger) const PERSONS: &CopiedTable = &CopiedTable {
    name: "people",
    columns: &[("id", Person), ("key", Key)],
    in_file: "people ORDER BY id",
    on_server: "enrow_phone.people ORDER BY id",
};

#[rustfmt::skip]
const PEOPLE: &CopiedTable = &CopiedTable {
    name: "people",
    columns: &[
        ("id", Person), ("key", Key), ("batch", Number), ("status", Number),
        ("answered_at", Time), ("asked_at", Time), ("number", Text), ("country", Text),
        ("note", Text), ("sent_key", Key), ("names", Number), ("custom", Number),
        ("hole", Number), ("resubmitted", Number),
    ],
    in_file: "people ORDER BY id",
    on_server: "enrow_phone.people ORDER BY id",
};

/// Everything, in the order in which it is copied.
pub(in crate::ledger) const TABLES: [&CopiedTable; 13] = [
    ACCOUNTS,
    BATCHES,
    PEOPLE,
    MEMBERS,
    UNPROVEN,
    READINGS,
    SAVINGS,
    REFRESHES,
    BUDGETS,
    RESERVATIONS,
    RELEASED,
    RECEIVED,
    // Those that fit nobody: the others were entered with their people.
    &CopiedTable {
        name: "keys",
        columns: &[("key", Key)],
        in_file: "keys WHERE person IS NULL",
        on_server: "enrow_phone.keys WHERE person IS NULL",
    },
];

#[rustfmt::skip]
const ACCOUNTS: &CopiedTable = &CopiedTable {
    name: "accounts",
    columns: &[
        ("id", Number), ("digest", Key), ("next_post", Time), ("careful_until", Time),
        ("price", Number),
    ],
    in_file: "accounts",
    on_server: "enrow_phone.accounts",
};

#[rustfmt::skip]
const BATCHES: &CopiedTable = &CopiedTable {
    name: "batches",
    columns: &[
        ("id", Number), ("account", Number), ("state", Text), ("single", Flag), ("nonce", Text),
        ("searches", Number), ("claimed_at", Time), ("send_by", Time), ("scope", Key),
        ("label", Text), ("host", Text), ("username", Text), ("balance_before", Number),
        ("lost_at", Time), ("experiment", Text), ("answer", Bytes), ("answer_status", Number),
        ("enrow_id", Text), ("accepted_at", Time), ("reserved", Number), ("estimated", Flag),
        ("from_sub", Number), ("from_paygo", Number), ("looks", Number), ("last_look_at", Time),
        ("done_since", Time), ("done_since_server", Number), ("missing_since", Time),
        ("missing_since_server", Number), ("stated_refund", Number), ("stated_found", Number),
        ("ended_at", Time), ("refunded", Number), ("found", Number),
    ],
    in_file: "batches",
    on_server: "enrow_phone.batches",
};

/// A row for each seat, whatever the backend keeps together.
const MEMBERS: &CopiedTable = &CopiedTable {
    name: "members",
    columns: &[("batch", Number), ("position", Number), ("person", Person)],
    in_file: "(WITH RECURSIVE placed (batch, position, person, others) AS (
            SELECT batch, position, person, people - 1 FROM members
            UNION ALL SELECT batch, position + 1, person + 1, others - 1 FROM placed WHERE others BETWEEN 1 AND 9999)
        SELECT batch, position, person FROM placed)",
    on_server: "(SELECT b.id AS batch, m.place - 1 AS position, m.id AS person
        FROM enrow_phone.batches b CROSS JOIN LATERAL unnest(b.members) WITH ORDINALITY m (id, place)) placed",
};

#[rustfmt::skip]
const UNPROVEN: &CopiedTable = &CopiedTable {
    name: "unproven",
    columns: &[
        ("batch", Number), ("person", Person), ("position", Number), ("number", Text),
        ("country", Text), ("doubt", Number),
    ],
    in_file: "unproven",
    on_server: "enrow_phone.unproven",
};

const READINGS: &CopiedTable = &CopiedTable {
    name: "readings",
    columns: &[("batch", Number), ("at", Time), ("balance", Number)],
    in_file: "readings",
    on_server: "enrow_phone.readings",
};

#[rustfmt::skip]
const SAVINGS: &CopiedTable = &CopiedTable {
    name: "savings",
    columns: &[
        ("at", Time), ("account", Number), ("label", Text), ("host", Text), ("username", Text),
        ("numbers", Number), ("credits", Number),
    ],
    in_file: "savings",
    on_server: "enrow_phone.savings",
};

const REFRESHES: &CopiedTable = &CopiedTable {
    name: "refreshes",
    columns: &[("scope", Key), ("began_at", Time)],
    in_file: "refreshes",
    on_server: "enrow_phone.refreshes",
};

const BUDGETS: &CopiedTable = &CopiedTable {
    name: "budgets",
    columns: &[("account", Key), ("per", Text), ("credits", Number)],
    in_file: "budgets",
    on_server: "enrow_phone.budgets",
};

#[rustfmt::skip]
const RESERVATIONS: &CopiedTable = &CopiedTable {
    name: "reservations",
    columns: &[
        ("nonce", Text), ("account", Key), ("at", Time), ("searches", Number),
        ("price", Number), ("label", Text), ("host", Text), ("username", Text),
    ],
    in_file: "reservations",
    on_server: "enrow_phone.reservations",
};

const RELEASED: &CopiedTable = &CopiedTable {
    name: "released",
    columns: &[("nonce", Text)],
    in_file: "released",
    on_server: "enrow_phone.released",
};

/// The names of the ledgers that were moved into this one: what a machine has kept for one of them is for the last.
const RECEIVED: &CopiedTable = &CopiedTable {
    name: "meta",
    columns: &[("name", Text), ("value", Text)],
    in_file: "meta WHERE name LIKE 'received_%'",
    on_server: "enrow_phone.meta WHERE name LIKE 'received_%'",
};
