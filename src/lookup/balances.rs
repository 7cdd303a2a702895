//! What a run knows of the balance, and the batches whose answers it lost.

use super::experiment::{Experiment, give_up_after};
use crate::ledger::{BatchNo, PersonId};
use crate::units::{Credits, Moment};
use std::cell::{Cell, RefCell};
use std::time::{Duration, Instant};
use tokio::sync::{Mutex, Notify};

/// A batch whose answer this run lost.
#[derive(Debug, Clone)]
pub(super) struct LostBatch {
    pub batch: BatchNo,
    pub people: Vec<PersonId>,
    /// What it may hold of the credits.
    pub reserved: Credits,
}

/// The readings of one run.
pub(super) struct Balances {
    pub(super) began: Instant,
    pub(super) experiment: RefCell<Experiment>,
    /// Batches whose experiment goes on.
    pub(super) lost: RefCell<Vec<LostBatch>>,
    /// Batches that were released and whose people the run has not asked for again yet.
    pub(super) released: RefCell<Vec<LostBatch>>,
    pub(super) releases: Cell<u32>,
    /// One reading at a time: the chain is judged in its order.
    pub(super) turn: Mutex<()>,
    pub(super) changed: Notify,
    pub(super) silence: Duration,
    /// How long the run waits for a verdict when it has nothing else to do.
    pub(super) patience: Cell<Duration>,
    /// When the last reading was there.
    pub(super) last: Cell<Option<Duration>>,
    pub(super) is_sending: Cell<bool>,
    /// How long the balance has to stay as it is; `None` until the first reading after a loss.
    pub(super) proof_left: Cell<Option<Duration>>,
    /// By the ledger's clock, when the chain of readings began.
    pub(super) since: Cell<Moment>,
}

impl Balances {
    pub(super) fn new(silence: Duration) -> Self {
        Self {
            began: Instant::now(),
            experiment: RefCell::new(Experiment::new(silence)),
            lost: RefCell::default(),
            released: RefCell::default(),
            releases: Cell::new(0),
            turn: Mutex::new(()),
            changed: Notify::new(),
            silence,
            patience: Cell::new(give_up_after(silence)),
            last: Cell::default(),
            is_sending: Cell::default(),
            proof_left: Cell::default(),
            since: Cell::new(Moment::now()),
        }
    }

    pub(super) fn lost_numbers(&self) -> Vec<BatchNo> {
        self.lost.borrow().iter().map(|lost| lost.batch).collect()
    }

    /// Takes the batches that were released since this was last called: their people are open again.
    pub(super) fn take_released(&self) -> Vec<LostBatch> {
        self.released.take()
    }

    pub(super) fn has_released(&self) -> bool {
        !self.released.borrow().is_empty()
    }

    /// Whether the run may find out by waiting that a lost batch was not taken.
    pub(super) fn is_open(&self) -> bool {
        !self.lost.borrow().is_empty()
    }
}
