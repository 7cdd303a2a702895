//! How answers are got, and what they cost: plan, submit, collect.
//!
//! ```text
//! plan ──── who is answered, claimed, open                                                   plan
//! submit ── claim ── POST ── accepted: follow it                                             submit, funds
//!                         ├─ refused: release, fix what was refused, send again              submit/refusal
//!                         └─ lost: unclear, not sent again without proof                     watch, experiment
//! collect ─ poll ── match results to people ── record                                        poll, matching, collect
//! ```
//!
//! All of it runs on one thread: the run goes on submitting while each batch is followed by a task of its own. The
//! tasks meet in [`RunState`]. Nothing here knows of flags, files or terminals: [`Notice`], [`EndReason`] and
//! [`Error`] carry facts, and `commands` makes the words.

mod balances;
mod cancel;
mod collect;
mod end_reason;
mod error;
mod experiment;
mod fetch;
mod find;
mod funds;
mod matching;
mod notice;
mod orphans;
mod plan;
mod poll;
mod poll_schedule;
mod post_window;
mod recover;
mod run;
mod run_state;
mod settings;
mod submit;
#[cfg(test)]
mod tests;
mod unclear;
mod watch;

pub(crate) use crate::units::HIGHEST_KNOWN_PRICE;
pub(crate) use cancel::Cancel;
pub(crate) use end_reason::{EndReason, SkipReason};
pub(crate) use error::{Error, RowError};
pub(crate) use fetch::{Fetched, FetchedRow, Results, WhileRunning};
pub(crate) use find::FindOutcome;
pub(crate) use notice::Notice;
pub(crate) use plan::{FilledRows, Plan, PlanCounts, RowRole};
pub use poll_schedule::PollSchedule;
pub(crate) use recover::{RecoverError, Recovered};
pub(crate) use run::RunOutcome;
pub(crate) use run_state::{Receipt, RunState, Snapshot, WaitFor};
pub(crate) use settings::{LARGEST_BATCH, Settings, Through, freshness};
pub(crate) use unclear::{Accept, Accepted, NotAccepted, Unclear};

use balances::Balances;

use crate::batch::AccountId;
use crate::enrow::{Client, RetryCause};
use crate::ledger::Ledger;
use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

/// How many polls may be on their way at once: a full batch's results are a megabyte.
const POLLS_AT_ONCE: usize = 4;

/// Where lookups are sent, and where they are recorded.
pub(crate) struct Service {
    pub account: AccountId,
    pub client: Client,
    pub ledger: Rc<Ledger>,
}

/// One run of lookups.
pub(crate) struct Engine {
    account: AccountId,
    balances: Balances,
    cancel: Cancel,
    client: Client,
    ledger: Rc<Ledger>,
    notify: Box<dyn Fn(Notice)>,
    polls: Semaphore,
    run_state: Rc<RunState>,
    settings: Settings,
    /// One task for each batch that is followed.
    tasks: RefCell<JoinSet<Result<(), Error>>>,
}

impl Engine {
    /// Use it inside a [`tokio::task::LocalSet`].
    pub(crate) fn new(
        service: Service,
        settings: Settings,
        cancel: Cancel,
        notify: Box<dyn Fn(Notice)>,
    ) -> Rc<Self> {
        let Service { account, client, ledger } = service;
        let run_state = Rc::new(RunState::of(Rc::clone(&ledger)));
        Rc::new(Self {
            account,
            balances: Balances::new(settings.doubt_wait),
            cancel,
            client,
            ledger,
            notify,
            polls: Semaphore::new(POLLS_AT_ONCE),
            run_state,
            settings,
            tasks: RefCell::default(),
        })
    }

    pub(crate) fn run_state(&self) -> Rc<RunState> {
        Rc::clone(&self.run_state)
    }

    fn notify(&self, notice: Notice) {
        (self.notify)(notice);
    }

    /// Shows why a GET is asked again.
    fn trouble(&self, trouble: &RetryCause, again: Duration) {
        tracing::info!(%trouble, "asking again");
        self.run_state.trouble(trouble.to_string(), Some(again));
    }
}
