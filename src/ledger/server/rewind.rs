//! What an alarm stops: while there is one, nobody is claimed.

use super::actor::ServerLedger;
use super::digest::Digest;
use super::error::{Outcome, get};
use super::params::params;
use super::session::ServerSession;
use super::standing::{LedgerState, Standing, name};
use crate::batch::Nonce;
use crate::ledger::error::{LedgerErrorKind as Kind, Result};
use crate::ledger::seen::{Seen, SeenFile};
use crate::ledger::types::Rewind;
use crate::units::Moment;
use tokio_postgres::Row;

impl ServerLedger {
    pub(in crate::ledger) async fn rewind(&self) -> Result<Option<Rewind>> {
        self.ask(async |session| Ok(session.standing.rewind)).await
    }

    pub(in crate::ledger) async fn accept_rewind(&self) -> Result<()> {
        self.ask(async |session| {
            let (server, generation) =
                (session.standing.server.clone(), session.recall().generation);
            let params = params![server => TEXT, generation => INT8];
            session.query(include_str!("sql/accept_rewind.sql"), params).await?;
            // Looks again, and learns what is there now.
            session.disconnect();
            session.connection().await.map(drop)
        })
        .await
    }

    pub(in crate::ledger) async fn believe_server(&self) -> Result<()> {
        self.ask(async |session| {
            let Standing { server, believed, .. } = &session.standing;
            let (server, believed) = (server.clone(), believed.clone());
            let params = params![server => TEXT, believed => TEXT];
            session.query(include_str!("sql/believe.sql"), params).await?;
            if session.standing.rewind == Some(Rewind::Possible) {
                session.standing.rewind = None;
            }
            Ok(())
        })
        .await
    }
}

impl ServerSession {
    pub(super) fn ensure_not_rewound(&self) -> Outcome<()> {
        match self.standing.rewind {
            Some(rewind) => Err(Kind::Rewound(rewind).into()),
            None => Ok(()),
        }
    }

    /// What was seen until now. A later answer has all of it, or the ledger went back in time.
    pub(super) fn recall(&self) -> Seen {
        self.memory.as_ref().map(SeenFile::recall).unwrap_or_default()
    }

    /// Learns from the columns of `seen_columns.sql` how far the ledger is. A pooler may hide that another server
    /// took over, so this also looks for an alarm.
    pub(super) async fn learn(&mut self, row: &Row, before: &Seen) -> Outcome<()> {
        let told = LedgerState::read(row)?;
        if told.rewound.is_none() && before.is_ahead_of(told.generation, &told.revisions) {
            return self.sound(told.generation, before).await;
        }
        self.standing.rewind = told.rewound.or(self.standing.rewind);
        if let (None, Some(memory)) = (self.standing.rewind, &self.memory) {
            memory.note(|seen| seen.learn(told.generation, &told.revisions));
        }
        Ok(())
    }

    /// A claim raised this account's revision to this value. If that is no more than before, the ledger went back in
    /// time.
    pub(super) async fn learn_of_claim(
        &mut self,
        before: &Seen,
        account: Digest,
        (generation, revision): (i64, i64),
    ) -> Outcome<()> {
        let account = name(account);
        let is_ahead = before.generation > generation
            || before.generation == generation
                && before.revisions.get(&account).is_some_and(|seen| *seen >= revision);
        if is_ahead {
            return self.sound(generation, before).await;
        }
        if let Some(memory) = &self.memory {
            memory.note(|seen| seen.learn(generation, &[(account, revision)].into()));
        }
        Ok(())
    }

    async fn sound(&mut self, generation: i64, before: &Seen) -> Outcome<()> {
        let params = params![before.at.to_string() => TEXT, generation => INT8];
        let row = self.one(include_str!("sql/mark_rewound.sql"), params).await?;
        let holds = Moment(get(&row, "holds")?);
        self.standing.rewind = Some(Rewind::Proven { holds, saw: Moment(before.at) });
        Ok(())
    }

    /// Enrow took a batch of this run, and the ledger has it.
    pub(super) fn saw_batch(&self, nonce: &Nonce) {
        if let Some(memory) = &self.memory {
            memory.note(|seen| seen.newest_batch = Some(nonce.as_str().to_owned()));
        }
    }
}
