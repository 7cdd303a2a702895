//! This run's connection, and how statements get through.

use super::address::ServerAddress;
use super::connect::{self, RunEntry};
use super::error::{OperationError, Outcome, StatementError};
use super::params::{Param, params};
use super::standing::{self, Standing, seen};
use crate::ledger::error::LedgerErrorKind as Kind;
use crate::ledger::seen::SeenFile;
use crate::units::Moment;
use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};
use tokio_postgres::{Client, Row};

/// How long a server that is away is waited for.
const PATIENCE: Duration = Duration::from_mins(1);

/// A statement that takes longer is lost.
const LONGEST_STATEMENT: Duration = Duration::from_mins(2);

/// Clocks that differ by less count as equal: the rest is a slow network.
const SAME_CLOCK: i64 = 2000;

#[derive(Debug)]
pub(super) struct ServerSession {
    address: ServerAddress,
    entry: RunEntry,
    client: Option<Client>,
    /// This run's number in the ledger.
    pub(super) run: i64,
    /// The ledger's own name, once known: another database is not written to.
    pub(super) ledger: Option<String>,
    received: Vec<String>,
    /// Added to local time to get the server's time.
    offset: i64,
    /// The nonces of the batches of this run. After a fail-over a number may belong to another batch.
    pub(super) claimed: HashMap<i64, String>,
    /// What this machine and this run have seen of the ledger, once its name is known.
    pub(super) memory: Option<SeenFile>,
    /// Which server holds the ledger, and whether claims are stopped.
    pub(super) standing: Standing,
    /// Whether the last statement was sent more than once.
    pub(super) repeated: bool,
    away: Away,
}

/// Since when this run waits for the server. Other threads read it.
#[derive(Debug, Clone, Default)]
pub(super) struct Away {
    since: Arc<Mutex<Option<Instant>>>,
    /// Nobody waits any more.
    is_over: Arc<AtomicBool>,
}

impl Away {
    pub(super) fn since(&self) -> Option<Instant> {
        *self.since.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Stops waiting for a server that is away.
    pub(super) fn end(&self) {
        self.is_over.store(true, Ordering::Relaxed);
    }

    fn set(&self, since: Option<Instant>) {
        *self.since.lock().unwrap_or_else(PoisonError::into_inner) = since;
    }
}

impl ServerSession {
    pub(super) async fn open(address: ServerAddress, entry: RunEntry, away: Away) -> Outcome<Self> {
        let mut session = Self {
            address,
            entry,
            client: None,
            run: 0,
            ledger: None,
            received: Vec::new(),
            offset: 0,
            claimed: HashMap::new(),
            memory: None,
            standing: Standing::default(),
            repeated: false,
            away,
        };
        session.connect().await.map_err(StatementError::into_error)?;
        Ok(session)
    }

    /// The ledger's own name.
    pub(super) fn id(&self) -> String {
        self.ledger.clone().unwrap_or_default()
    }

    /// Its name, and those of the ledgers that were moved into it.
    pub(super) fn names(&self) -> Vec<String> {
        std::iter::once(self.id()).chain(self.received.clone()).collect()
    }

    async fn connect(&mut self) -> Result<(), StatementError> {
        let asked = Moment::now();
        let opened = connect::connect(&self.address, &self.entry).await?;
        if self.ledger.as_ref().is_some_and(|known| *known != opened.ledger) {
            let why = "another database answers in its place".to_owned();
            return Err(StatementError::Final(Kind::Refused(why).into()));
        }
        self.set_clock(asked, opened.now);
        let state = self.entry.state.as_deref();
        let memory = self.memory.get_or_insert_with(|| SeenFile::of(state, &opened.ledger));
        self.standing = standing::look(&opened.client, memory).await?;
        self.ledger = Some(opened.ledger);
        self.received = opened.received;
        self.run = opened.run;
        self.client = Some(opened.client);
        Ok(())
    }

    /// Runs a statement, and repeats it for up to a minute.
    pub(super) async fn query(&mut self, sql: &str, params: &[Param<'_>]) -> Outcome<Vec<Row>> {
        let mut failing: Option<Instant> = None;
        self.repeated = false;
        loop {
            let trouble = match self.query_once(sql, params).await {
                Ok(rows) => return Ok(rows),
                Err(StatementError::Final(error)) => return Err(error),
                Err(trouble) => trouble,
            };
            // A silent connection is noticed late. The next one gets a whole minute all the same.
            let since = *failing.get_or_insert_with(Instant::now);
            if let (StatementError::Broken(why), false) = (trouble, self.is_patient(since)) {
                return Err(Kind::Unreachable(why).into());
            }
            self.repeated = true;
            Self::pause(since).await;
        }
    }

    /// Waits before the next try. The wait grows with the time since `began`.
    pub(super) async fn pause(began: Instant) {
        let longest = began.elapsed().as_millis().clamp(20, 2000);
        let pause = fastrand::u64(10..=u64::try_from(longest).unwrap_or(2000));
        tokio::time::sleep(Duration::from_millis(pause)).await;
    }

    /// Whether to try again, after trying since then.
    pub(super) fn is_patient(&self, began: Instant) -> bool {
        began.elapsed() < PATIENCE && !self.away.is_over.load(Ordering::Relaxed)
    }

    /// Sends a statement once. If the connection breaks, nobody knows whether it was executed.
    pub(super) async fn query_once(
        &mut self,
        sql: &str,
        params: &[Param<'_>],
    ) -> Result<Vec<Row>, StatementError> {
        self.reach().await?;
        self.send(sql, params).await
    }

    /// Connects anew where the connection is gone.
    pub(super) async fn reach(&mut self) -> Result<(), StatementError> {
        if self.client.as_ref().is_none_or(Client::is_closed) {
            self.away.set(self.away.since().or_else(|| Some(Instant::now())));
            self.connect().await?;
            self.away.set(None);
        }
        Ok(())
    }

    /// Sends a statement on the connection that is there.
    pub(super) async fn send(
        &mut self,
        sql: &str,
        params: &[Param<'_>],
    ) -> Result<Vec<Row>, StatementError> {
        let client = self.client.as_ref().expect("it is connected");
        let asked = tokio::time::timeout(LONGEST_STATEMENT, client.query_typed(sql, params)).await;
        let trouble = match asked {
            Ok(Ok(rows)) => return Ok(rows),
            Ok(Err(error)) => StatementError::of(&error),
            Err(_) => StatementError::Broken("it does not answer".to_owned()),
        };
        if matches!(trouble, StatementError::Broken(_)) {
            self.client = None;
        }
        Err(trouble)
    }

    /// The connection itself, for what takes several statements in one transaction.
    pub(super) async fn connection(&mut self) -> Outcome<&Client> {
        if self.client.as_ref().is_none_or(Client::is_closed) {
            self.connect().await.map_err(StatementError::into_error)?;
        }
        Ok(self.client.as_ref().expect("it is connected"))
    }

    /// Ends the connection, and with it a transaction that failed.
    pub(super) fn disconnect(&mut self) {
        self.client = None;
    }

    /// Runs a statement that returns one row, or none.
    pub(super) async fn maybe_one(
        &mut self,
        sql: &str,
        params: &[Param<'_>],
    ) -> Outcome<Option<Row>> {
        Ok(self.query(sql, params).await?.pop())
    }

    /// Runs a statement that always returns one row.
    pub(super) async fn one(&mut self, sql: &str, params: &[Param<'_>]) -> Outcome<Row> {
        let missing =
            || OperationError::from(Kind::Refused("a statement returned nothing".to_owned()));
        self.maybe_one(sql, params).await?.ok_or_else(missing)
    }

    /// Learns the difference between the clocks from a moment of the server, read between `asked` and now.
    pub(super) fn set_clock(&mut self, asked: Moment, server: Moment) {
        let middle = asked.0 + Moment::now().0.saturating_sub(asked.0) / 2;
        let offset = server.0.saturating_sub(middle);
        self.offset = if offset.abs() < SAME_CLOCK { 0 } else { offset };
    }

    /// A local moment by the server's clock.
    pub(super) fn to_server(&self, moment: Moment) -> i64 {
        moment.0.saturating_add(self.offset)
    }

    /// A moment of the server by the local clock.
    pub(super) fn to_local(&self, moment: i64) -> Moment {
        Moment(moment.saturating_sub(self.offset))
    }

    /// Ends this run in the ledger. If that fails, its silence has the same effect.
    pub(super) async fn end(mut self) {
        if self.client.is_some() {
            let (run, before) = (self.run, self.recall());
            let params = params![run => INT8];
            let ended = self.query_once(seen!("end_run"), params);
            if let Ok(Ok(rows)) = tokio::time::timeout(Duration::from_secs(5), ended).await
                && let Some(row) = rows.first()
            {
                // The next run looks again.
                drop(self.learn(row, &before).await);
            }
        }
    }
}
