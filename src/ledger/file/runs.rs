//! Runs: which of them are alive, and what is done about the dead.

use super::database_file::DatabaseFile;
use super::process::{Presence, Process};
use super::run_lock::{self, LockState, RunToken};
use crate::ledger::types::{AskedBy, Owner};
use crate::units::Moment;
use rusqlite::{Connection, Row};

/// A run as the ledger has it.
pub(super) struct Run {
    /// `None` for a token that no run of this program ever had.
    pub(super) token: Option<RunToken>,
    process: Option<Process>,
}

impl Run {
    /// Reads `token, pid, started` from `column` on.
    pub(super) fn read(row: &Row<'_>, column: usize) -> rusqlite::Result<Self> {
        let token = row.get_ref(column)?.as_str_or_null()?.and_then(RunToken::parse);
        let id: Option<i64> = row.get(column + 1)?;
        let started = row.get(column + 2)?;
        Ok(Self { token, process: id.map(|id| Process { id, started }) })
    }

    /// Whether it is alive. A run is dead only if its lock is free and its process is gone: somebody may have removed the
    /// lock of a living run. Where the system tells nothing of the process, the lock alone decides.
    pub(super) fn state(&self, ledger: &DatabaseFile) -> Owner {
        let Some(token) = &self.token else { return Owner::Dead };
        let presence = self.process.as_ref().map_or(Presence::Unclear, Process::presence);
        match (token.lock_state(ledger), presence) {
            (LockState::Held, _) | (LockState::Free | LockState::Unclear, Presence::Running) => {
                Owner::Alive
            }
            (LockState::Free, Presence::Gone | Presence::Unclear)
            | (LockState::Unclear, Presence::Gone) => Owner::Dead,
            (LockState::Unclear, Presence::Unclear) => Owner::Unclear,
        }
    }
}

/// Writes this run into the ledger. It holds its lock already, so a run in the ledger without a lock is dead.
pub(super) fn add(
    c: &Connection,
    token: &RunToken,
    asked_by: &AskedBy,
    now: Moment,
) -> rusqlite::Result<i64> {
    let Process { id, started } = Process::own();
    c.execute(
        "INSERT INTO runs (token, pid, started, seen_at, host, username) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        (token.as_str(), id, started, now.0, &asked_by.host, &asked_by.user),
    )?;
    Ok(c.last_insert_rowid())
}

/// Removes what dead runs left, in the ledger and beside it.
pub(super) fn reap(c: &Connection, ledger: &DatabaseFile) -> rusqlite::Result<()> {
    let runs: Vec<(i64, Run)> = c
        .prepare_cached("SELECT id, token, pid, started FROM runs")?
        .query_map([], |row| Ok((row.get(0)?, Run::read(row, 1)?)))?
        .collect::<rusqlite::Result<_>>()?;
    let mut alive = Vec::new();
    for (id, run) in runs {
        match run.state(ledger) {
            Owner::Us | Owner::Alive | Owner::Unclear => {
                alive.extend(run.token);
                continue;
            }
            Owner::Dead => c.execute("DELETE FROM runs WHERE id = ?1", [id])?,
        };
        if let Some(token) = run.token {
            // A lock file that stays does no harm; the next run tries again.
            drop(std::fs::remove_file(token.lock_path(ledger)));
        }
    }
    run_lock::sweep(ledger, &alive);
    Ok(())
}
