//! What follows from an alarm: nobody is claimed while one sounds.

use super::actor::ServerLedger;
use super::digest::Digest;
use super::fault::Outcome;
use super::params::params;
use super::session::Session;
use super::standing::{Standing, Told, name};
use crate::batch::Nonce;
use crate::ledger::error::{LedgerErrorKind as Kind, Result};
use crate::ledger::seen::{Memory, Revisions};
use crate::ledger::types::Rewind;
use tokio_postgres::Row;

impl ServerLedger {
    pub(in crate::ledger) async fn rewind(&self) -> Result<Option<Rewind>> {
        self.ask(async |session| Ok(session.standing.rewind)).await
    }

    pub(in crate::ledger) async fn accept_rewind(&self) -> Result<()> {
        self.ask(async |session| {
            let seen = session.memory.as_ref().map(Memory::recall).unwrap_or_default();
            let (server, generation) = (session.standing.server.clone(), seen.generation);
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

impl Session {
    pub(super) fn ensure_not_rewound(&self) -> Outcome<()> {
        match self.standing.rewind {
            Some(rewind) => Err(Kind::Rewound(rewind).into()),
            None => Ok(()),
        }
    }

    /// Learns from the columns of `seen_columns.sql` how far the ledger is.
    pub(super) fn learn(&mut self, row: &Row) -> Outcome<()> {
        let told = Told::read(row)?;
        self.standing.rewind = told.rewound.or(self.standing.rewind);
        if let (None, Some(memory)) = (self.standing.rewind, &self.memory) {
            memory.note(|seen| seen.learn(told.generation, &told.revisions));
        }
        Ok(())
    }

    /// An account of a claim has changed so often.
    pub(super) fn saw_revision(&self, account: Digest, revision: i64) {
        if let Some(memory) = &self.memory {
            let revisions = Revisions::from([(name(account), revision)]);
            memory.note(|seen| seen.learn(seen.generation, &revisions));
        }
    }

    /// Enrow took a batch of this run, and the ledger has it.
    pub(super) fn saw_batch(&self, nonce: &Nonce) {
        if let Some(memory) = &self.memory {
            memory.note(|seen| seen.newest_batch = Some(nonce.as_str().to_owned()));
        }
    }
}
