//! How answers are got, and what they cost: plan, submit, collect.
//!
//! ```text
//! plan ── who is known, under way, new
//! submit ── claim ── POST ── taken: follow it │ refused: release, mend, again │ lost: doubt, prove
//! collect ── poll ── match results to people ── record
//! ```
//!
//! All of it runs on one thread: submitting goes on while batches are followed, each in a task of its own, and the
//! [`RunState`] is where they meet. Nothing here knows of files, flags or terminals.

mod collect;
mod fetch;
mod find;
mod funds;
mod matching;
mod plan;
mod poll_schedule;
mod proof;
mod recover;
mod rows;
mod run;
mod run_state;
mod stop;
mod submit;

pub(crate) use crate::units::HIGHEST_KNOWN_PRICE;
pub(crate) use fetch::{Fetched, FetchedRow, Results, Wait};
pub(crate) use find::FindOutcome;
pub(crate) use funds::Shortage;
pub(crate) use plan::{Changed, InputRow, Plan, PlanCounts, RowRole, Rows};
pub use poll_schedule::PollSchedule;
pub(crate) use recover::{RecoverError, Recovered};
pub(crate) use rows::{SkipReason, answer_of};
pub(crate) use run::{EndReason, RunOutcome};
pub(crate) use run_state::{Receipt, RunState, Snapshot};
pub(crate) use stop::{Stop, StopReason, Stopper, stop_pair};

use crate::batch::AccountId;
use crate::enrow::{Client, RetryCause, Webhook};
use crate::ledger::{Freshness, Ledger};
use crate::units::{Credits, Moment, counted};
use std::cell::RefCell;
use std::fmt;
use std::rc::Rc;
use std::time::Duration;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

/// The most searches a batch may have (Enrow API, POST /phone/bulk), unless the API says fewer.
pub(crate) const LARGEST_BATCH: usize = 3000;

/// How many polls may be on their way at once.
const POLLS_AT_ONCE: usize = 4;

/// How long `not_found` counts as an answer.
const NOT_FOUND_COUNTS: Duration = Duration::from_hours(720);

/// What the user decided about a run.
#[derive(Debug, Clone)]
pub(crate) struct Settings {
    /// Searches in a batch, at most.
    pub batch_size: usize,
    /// Submit, do not wait.
    pub detach: bool,
    /// How long after a lost answer the balance is asked whether its batch was taken.
    pub doubt_wait: Duration,
    /// Which answers count.
    pub freshness: Freshness,
    /// New people to search for, at most.
    pub limit: Option<usize>,
    /// Credits this run may reserve and pay, at most, at every instant.
    pub max_credits: Option<Credits>,
    /// Through which endpoint people are sent.
    pub through: Through,
    /// Who is told when a batch is done.
    pub webhook: Option<Webhook>,
}

/// Nothing decided: whole batches, waited for, every answer counts.
impl Default for Settings {
    fn default() -> Self {
        Self {
            batch_size: LARGEST_BATCH,
            detach: false,
            doubt_wait: Duration::from_secs(15),
            freshness: Freshness {
                found: Moment::NEVER,
                not_found: Moment::NEVER,
                failed: Moment::NEVER,
            },
            limit: None,
            max_credits: None,
            through: Through::Bulk,
            webhook: None,
        }
    }
}

/// The two endpoints that take people.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Through {
    /// POST /phone/bulk
    Bulk,
    /// POST /phone/single, one at a time.
    Single,
}

/// Which answers count in a run that begins now.
pub(crate) fn freshness(now: Moment, refresh: bool, max_age: Option<Duration>) -> Freshness {
    if refresh {
        return Freshness { found: now, not_found: now, failed: now };
    }
    Freshness {
        found: max_age.map_or(Moment::NEVER, |age| now.saturating_sub(age)),
        not_found: now
            .saturating_sub(max_age.map_or(NOT_FOUND_COUNTS, |age| age.min(NOT_FOUND_COUNTS))),
        failed: now,
    }
}

/// Something that people should hear of while a run goes on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Notice {
    /// A batch may have been taken: its answer was lost.
    Doubt {
        /// People in it.
        people: usize,
        /// What became of the answer.
        why: String,
    },
    /// The balance proved that a batch in doubt was not taken.
    DoubtLifted,
    /// The API takes fewer searches a batch than asked for.
    SmallerBatches(usize),
    /// A search was refused for what is in it.
    RowRefused(String),
    /// A batch of an earlier run is collected.
    Adopted(usize),
    /// The run was told to stop while a batch is on its way: its answer is waited for a moment longer.
    GracePeriod,
    /// Enrow does not know a batch that it took; it is not waited for any more.
    NotShown {
        /// Its id.
        id: String,
        /// People in it.
        people: usize,
    },
}

impl fmt::Display for Notice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Doubt { people, why } => {
                write!(
                    f,
                    "a batch of {} may have been taken: {why}; asking the balance",
                    counted(*people, "person", "people")
                )
            }
            Self::DoubtLifted => {
                f.write_str("the balance proves that it was not taken: sending it again")
            }
            Self::SmallerBatches(limit) => write!(
                f,
                "Enrow takes at most {} a batch at the moment",
                counted(*limit, "search", "searches")
            ),
            Self::RowRefused(message) => {
                write!(f, "Enrow refused one search: \"{message}\"; its row is `invalid`")
            }
            Self::GracePeriod => f.write_str(
                "stopping: a batch is on its way, and its answer is waited for a moment longer",
            ),
            Self::NotShown { id, people } => write!(
                f,
                "Enrow does not show batch {id} ({}) that it took: its rows stay `pending`, and a later run asks again",
                counted(*people, "person", "people")
            ),
            Self::Adopted(batches) => write!(
                f,
                "collecting {} that an earlier run submitted",
                counted(*batches, "batch", "batches")
            ),
        }
    }
}

/// One run of lookups: the account, the ledger, and what the run has under way.
pub(crate) struct Engine {
    account: AccountId,
    run_state: Rc<RunState>,
    client: Client,
    failure: RefCell<Option<anyhow::Error>>,
    ledger: Rc<Ledger>,
    notice: Box<dyn Fn(Notice)>,
    polls: Semaphore,
    settings: Settings,
    stop: Stop,
    stopper: Rc<Stopper>,
    tasks: RefCell<JoinSet<()>>,
}

impl Engine {
    /// Makes ready to run; must be used inside a [`tokio::task::LocalSet`].
    pub(crate) fn new(
        client: Client,
        account: AccountId,
        ledger: Rc<Ledger>,
        settings: Settings,
        (stopper, stop): (Rc<Stopper>, Stop),
        notice: Box<dyn Fn(Notice)>,
    ) -> Rc<Self> {
        Rc::new(Self {
            account,
            run_state: Rc::default(),
            client,
            failure: RefCell::default(),
            ledger,
            notice,
            polls: Semaphore::new(POLLS_AT_ONCE),
            settings,
            stop,
            stopper,
            tasks: RefCell::default(),
        })
    }

    /// What the run has under way.
    pub(crate) fn run_state(&self) -> Rc<RunState> {
        Rc::clone(&self.run_state)
    }

    fn trouble(&self, trouble: &RetryCause) {
        tracing::info!(%trouble, "asking again");
        self.run_state.trouble(Some(trouble.to_string()));
    }

    /// Ends the run with an error: what is paid for stays collectable.
    fn fail(&self, error: anyhow::Error) {
        self.failure.borrow_mut().get_or_insert(error);
        self.stopper.stop(StopReason::Failed);
    }
}
