//! What a ledger says of itself.

use super::batch_state::BatchState;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct LedgerInfo {
    /// Its own name; a copy of it has the same.
    pub id: String,
    pub schema: i64,
    pub bytes: u64,
    pub people: u64,
    pub answered: u64,
    /// People in batches that are not settled.
    pub held: u64,
    pub suppressed: u64,
    pub batches: Vec<(BatchState, u64)>,
    /// Other runs that use it now.
    pub runs: usize,
    pub health: Health,
    pub moved: Option<MovedTo>,
}

/// Where it was moved, or is being moved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct MovedTo {
    pub to: String,
    pub is_done: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Health {
    /// What SQLite's `quick_check` finds wrong.
    File { problems: Vec<String> },
    #[cfg_attr(not(feature = "postgres"), expect(dead_code, reason = "there is no server"))]
    Server {
        version: String,
        fsync: String,
        /// As the role has it. Claims and their ends wait for the disk whatever it is.
        synchronous_commit: String,
        is_standby: bool,
        /// How far its clock is ahead of ours.
        clock_offset_ms: i64,
    },
}
