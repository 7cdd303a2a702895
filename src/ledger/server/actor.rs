//! The thread that owns the connection, and how operations reach it.

use super::address::ServerAddress;
use super::connect::RunEntry;
use super::error::{OperationError, Outcome};
use super::session::{Away, ServerSession};
use crate::ledger::error::{LedgerError, LedgerErrorKind as Kind, Result};
use crate::ledger::location::LedgerLocation;
use crate::ledger::seen::SeenFile;
use std::path::Path;
use std::pin::Pin;
use std::time::Duration;
use tokio::sync::{mpsc, oneshot};

type Job =
    Box<dyn for<'a> FnOnce(&'a mut ServerSession) -> Pin<Box<dyn Future<Output = ()> + 'a>> + Send>;

/// An open ledger on a server. Dropping it ends this run's entry in it.
#[derive(Debug)]
pub(in crate::ledger) struct ServerLedger {
    jobs: Option<mpsc::UnboundedSender<Job>>,
    thread: Option<std::thread::JoinHandle<()>>,
    place: String,
    /// The ledger's own name, and those of the ledgers that were moved into it.
    names: Vec<String>,
    away: Away,
}

impl ServerLedger {
    pub(in crate::ledger) fn open(
        location: &LedgerLocation,
        address: ServerAddress,
    ) -> Result<Self> {
        let place = address.to_string();
        let failed = |kind| LedgerError::at(&place, kind);
        let io = |error: std::io::Error| failed(Kind::Io(error.to_string()));
        let runtime =
            tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(io)?;
        let (jobs, mut queue) = mpsc::unbounded_channel::<Job>();
        let (opened, waiting) = std::sync::mpsc::channel();
        let away = Away::default();
        let entry = RunEntry::of(location);
        let seen = away.clone();
        let work = move || {
            runtime.block_on(async {
                let mut session = match ServerSession::open(address, entry, seen).await {
                    Ok(session) => session,
                    Err(error) => return drop(opened.send(Err(error))),
                };
                drop(opened.send(Ok(session.names())));
                while let Some(job) = queue.recv().await {
                    job(&mut session).await;
                }
                session.end().await;
            });
        };
        let thread =
            std::thread::Builder::new().name("ledger".to_owned()).spawn(work).map_err(io)?;
        match waiting.recv() {
            Ok(Ok(names)) => {
                Ok(Self { jobs: Some(jobs), thread: Some(thread), place, names, away })
            }
            Ok(Err(error)) => Err(failed(kind_of(error))),
            Err(_) => Err(failed(Kind::Stopped)),
        }
    }

    pub(in crate::ledger) fn names(&self) -> &[String] {
        &self.names
    }

    pub(in crate::ledger) fn takes_the_place_of_another(
        &self,
        state: Option<&Path>,
    ) -> std::io::Result<bool> {
        SeenFile::of(state, &self.names[0]).takes_the_place_of_another(&self.place)
    }

    pub(in crate::ledger) fn away_for(&self) -> Option<Duration> {
        self.away.since().map(|since| since.elapsed())
    }

    /// Runs one operation. It is on its way when this returns, before the future is awaited, and goes on even where the
    /// caller stops waiting.
    pub(super) fn ask<T, F>(&self, operation: F) -> impl Future<Output = Result<T>> + use<T, F>
    where
        T: Send + 'static,
        F: AsyncFnOnce(&mut ServerSession) -> Outcome<T> + Send + 'static,
    {
        let (answer, waiting) = oneshot::channel();
        let job: Job = Box::new(move |session| {
            Box::pin(async move {
                // An interrupted run no longer waits; the operation is done all the same.
                drop(answer.send(operation(session).await));
            })
        });
        if let Some(jobs) = &self.jobs {
            // Where the thread is gone, `answer` is dropped with the job and the waiting side sees it.
            drop(jobs.send(job));
        }
        let place = self.place.clone();
        async move {
            let outcome = waiting.await.unwrap_or(Err(OperationError::Ledger(Kind::Stopped)));
            outcome.map_err(|error| LedgerError::at(&place, kind_of(error)))
        }
    }
}

fn kind_of(error: OperationError) -> Kind {
    match error {
        OperationError::Ledger(kind) => kind,
        OperationError::Raced => {
            Kind::Refused("other runs change the same people all the time".to_owned())
        }
    }
}

impl Drop for ServerLedger {
    fn drop(&mut self) {
        self.jobs = None;
        self.away.end();
        if let Some(thread) = self.thread.take() {
            // A panic there was reported by its operation.
            drop(thread.join());
        }
    }
}
