//! Moving a ledger into another one, whatever keeps either of them.
//!
//! **Order.** The source is marked as moving first: from then on no run opens it and no claim is made in it. People are
//! entered in the target, which changes nothing for anybody. Everything else is copied beside the target's tables and
//! merged in one transaction, which also notes the token of the move. Then the source is marked as moved. A move that
//! was killed is repeated: the token says whether the target has it already.
//!
//! **Merging.** `merge.sql` runs on both backends; what differs is filled in ([`merge`]).

mod moving;
mod tables;

pub(crate) use moving::{MoveReport, Moved};
#[cfg(any(feature = "postgres", test))]
pub(in crate::ledger) use tables::ColumnKind;
pub(in crate::ledger) use tables::{Cell, CopiedTable, Part, Parts, TABLES};
#[cfg(test)]
pub(in crate::ledger) use tables::{KEYS, PERSONS};

/// How many rows are on their way together.
pub(in crate::ledger) const CHUNK: usize = 10_000;

/// How a backend writes what the others write in another way.
pub(in crate::ledger) struct SqlDialect {
    /// What stands before the name of a table of the ledger.
    pub(in crate::ledger) schema: &'static str,
    /// What a temporary table says of its end.
    pub(in crate::ledger) temporary: &'static str,
    /// The column of `keys` that says whether a key is a person's own, and its value for one that is not.
    pub(in crate::ledger) own: &'static str,
    pub(in crate::ledger) not_own: &'static str,
}

/// The statements that count who is in both, before anything is merged, and those that merge.
pub(in crate::ledger) fn merge(dialect: &SqlDialect) -> String {
    include_str!("merge.sql")
        .replace("{schema}", dialect.schema)
        .replace("{temporary}", dialect.temporary)
        .replace("{own}", dialect.own)
        .replace("{not_own}", dialect.not_own)
}

/// Counts people that are copied, and those of them who were asked for in both ledgers, and were paid for in both.
pub(in crate::ledger) fn overlap(dialect: &SqlDialect) -> String {
    include_str!("overlap.sql").replace("{schema}", dialect.schema)
}
