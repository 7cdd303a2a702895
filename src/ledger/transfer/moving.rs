//! The steps of a move.

use super::tables::{Cell, ColumnKind, CopiedTable, KEYS, PERSONS, Part, TABLES};
use crate::ledger::error::{LedgerError, LedgerErrorKind, Result};
use crate::ledger::handle::{Backend, Ledger};
use crate::ledger::types::{Alias, Freshness, MovedTo};
use crate::people::PersonKey;
use crate::units::Moment;
use std::collections::HashMap;
use tokio::sync::mpsc;

/// What a move has brought into the other ledger.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct MoveReport {
    /// People with an answer or a claim.
    pub people: usize,
    /// Those of them who were asked for in both ledgers.
    pub in_both: usize,
    /// Those of them who had a number in both.
    pub paid_in_both: usize,
    /// People who are not to be searched for.
    pub suppressed: usize,
    pub batches: usize,
    /// Batches that are not settled.
    pub unsettled: usize,
}

/// How a move ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Moved {
    /// An earlier move had brought everything over, and was only not finished.
    Finished,
    Now(MoveReport),
}

/// The other ids of people, by the ones they had.
type Ids = HashMap<i64, i64>;

impl Ledger {
    /// Moves everything into another ledger, and marks this one, so that no run opens it any more. Repeating a move that
    /// was killed finishes it.
    ///
    /// # Errors
    /// Where another run uses this ledger, or one of the two cannot be read or written. This ledger is in force then,
    /// unless the connection broke while the other one was told to keep everything.
    pub(crate) async fn move_to(&self, target: &Self) -> Result<Moved> {
        self.ensure_other(target).await?;
        if let Some(rewind) = self.rewind().await? {
            return Err(LedgerError::at(self.location(), LedgerErrorKind::Rewound(rewind)));
        }
        let to = target.location().to_string();
        let token = self.begin_move(to.clone()).await?;
        let moved = if target.has_received(token.clone()).await? {
            Moved::Finished
        } else {
            match self.copy_to(target, token.clone()).await {
                Ok(report) => Moved::Now(report),
                // Two may have copied at once, where the first was silent for long.
                Err(_) if target.has_received(token.clone()).await.is_ok_and(|has| has) => {
                    Moved::Finished
                }
                Err(error) => {
                    if !is_unclear(&error) {
                        self.cancel_move().await?;
                    }
                    return Err(error);
                }
            }
        };
        if self.end_move(to, token).await? {
            return Ok(moved);
        }
        let why =
            "another command ended this move; the same command again says how it stands".to_owned();
        Err(LedgerError::at(self.location(), LedgerErrorKind::Refused(why)))
    }

    /// An error where the target is this ledger, by whatever name, or a copy of it.
    pub(crate) async fn ensure_other(&self, target: &Self) -> Result<()> {
        if self.id().await? == target.id().await? {
            return Err(LedgerError::at(target.location(), LedgerErrorKind::SameLedger));
        }
        Ok(())
    }

    /// An error where this ledger cannot be moved there now.
    ///
    /// # Errors
    /// Where another run uses it, or it was moved to another place.
    pub(crate) async fn ensure_movable(&self, to: &str) -> Result<()> {
        let info = self.info().await?;
        let kind = match info.moved {
            Some(MovedTo { to, is_done: true }) => LedgerErrorKind::Moved(to),
            Some(MovedTo { to: there, is_done: false }) if there != to => {
                LedgerErrorKind::Moving(there)
            }
            Some(_) | None if info.runs > 0 => LedgerErrorKind::InUse(info.runs),
            Some(_) | None => return Ok(()),
        };
        Err(LedgerError::at(self.location(), kind))
    }

    async fn copy_to(&self, target: &Self, token: String) -> Result<MoveReport> {
        let (from, ids) = (self.id().await?, self.enter_people(target).await?);
        let (out, mut copied) = mpsc::channel(2);
        let (translated, parts) = mpsc::channel(2);
        let translate = async move {
            while let Some(mut part) = copied.recv().await {
                if let Part::Rows(table, rows) = &mut part {
                    translate(table, rows, &ids);
                }
                if translated.send(part).await.is_err() {
                    return;
                }
            }
        };
        let (read, (), written) = tokio::join!(
            self.export(TABLES.to_vec(), out),
            translate,
            target.import(token, from, parts),
        );
        read.and(written)
    }

    /// Enters everybody in the other ledger, where one of them may be known by another key. Nobody is claimed or answered
    /// by that.
    async fn enter_people(&self, target: &Self) -> Result<Ids> {
        let (out, mut parts) = mpsc::channel(2);
        let enter = async {
            let mut ids = Ids::new();
            let mut aliases: HashMap<i64, Vec<PersonKey>> = HashMap::new();
            while let Some(part) = parts.recv().await {
                let Part::Rows(table, rows) = part else { break };
                let known = rows.iter().filter_map(|row| person_and_key(table, row));
                if table.name == KEYS.name {
                    known.for_each(|(id, key)| aliases.entry(id).or_default().push(key));
                    continue;
                }
                let (old, keys): (Vec<i64>, Vec<PersonKey>) = known.unzip();
                let others = |(row, id)| {
                    let keys = aliases.get(id).into_iter().flatten();
                    keys.map(move |&key| Alias { row, key })
                };
                let others = old.iter().enumerate().flat_map(others).collect();
                let people = target.upsert_people(keys, others, ANY_AGE).await?;
                ids.extend(old.into_iter().zip(people.iter().map(|status| status.person.number())));
            }
            Ok(ids)
        };
        let (read, ids) = tokio::join!(self.export(vec![KEYS, PERSONS], out), enter);
        read.and(ids)
    }
}

const ANY_AGE: Freshness =
    Freshness { found: Moment::NEVER, not_found: Moment::NEVER, failed: Moment::NEVER };

/// Whether nobody can tell if the other ledger has everything now.
fn is_unclear(error: &LedgerError) -> bool {
    #[cfg(feature = "postgres")]
    if matches!(error.kind(), LedgerErrorKind::Unreachable(_)) {
        return true;
    }
    matches!(error.kind(), LedgerErrorKind::Stopped)
}

fn person_and_key(table: &CopiedTable, row: &[Cell]) -> Option<(i64, PersonKey)> {
    let cell = |kind| row.get(table.columns.iter().position(|column| column.1 == kind)?);
    match (cell(ColumnKind::Person)?, cell(ColumnKind::Key)?) {
        (Cell::Number(id), Cell::Bytes(key)) => {
            Some((*id, PersonKey::from_bytes(key.as_slice().try_into().ok()?)))
        }
        (Cell::Bytes(_) | Cell::Null | Cell::Number(_) | Cell::Text(_), _) => None,
    }
}

/// Gives people their other ids; 0 is nobody.
fn translate(table: &CopiedTable, rows: &mut [Vec<Cell>], ids: &Ids) {
    for (place, (_, kind)) in table.columns.iter().enumerate() {
        if *kind != ColumnKind::Person {
            continue;
        }
        for row in &mut *rows {
            if let Cell::Number(id) = &mut row[place] {
                *id = ids.get(id).copied().unwrap_or(0);
            }
        }
    }
}

/// What a backend does for a move.
macro_rules! on_backend {
    ($ledger:expr, $method:ident ($($argument:expr),*)) => {
        match &$ledger.backend {
            Backend::File(file) => file.$method($($argument),*).await,
            #[cfg(feature = "postgres")]
            Backend::Server(server) => server.$method($($argument),*).await,
        }
    };
}

impl Ledger {
    /// The ledger's own name: a copy of it has the same.
    async fn id(&self) -> Result<String> {
        on_backend!(self, id())
    }

    /// Keeps every other run out, unless one is there. Answers with the token of the move; one that was begun before
    /// goes on.
    async fn begin_move(&self, to: String) -> Result<String> {
        on_backend!(self, begin_move(to))
    }

    /// Whether a move has brought everything into this ledger.
    async fn has_received(&self, token: String) -> Result<bool> {
        on_backend!(self, has_received(token))
    }

    async fn cancel_move(&self) -> Result<()> {
        on_backend!(self, cancel_move())
    }

    /// Uses a ledger again that was moved, or is being moved. People asked for in the other one are not in it.
    pub(crate) async fn give_up_move(&self) -> Result<()> {
        on_backend!(self, give_up_move())
    }

    /// `false` where this is not the move that is marked.
    async fn end_move(&self, to: String, token: String) -> Result<bool> {
        on_backend!(self, end_move(to, token))
    }

    /// Sends all rows of these tables, as they are at one moment.
    async fn export(
        &self,
        tables: Vec<&'static CopiedTable>,
        out: mpsc::Sender<Part>,
    ) -> Result<()> {
        on_backend!(self, export(tables, out))
    }

    /// Takes over what another ledger sends, all of it or nothing.
    async fn import(
        &self,
        token: String,
        from: String,
        parts: mpsc::Receiver<Part>,
    ) -> Result<MoveReport> {
        on_backend!(self, import(token, from, parts))
    }
}
