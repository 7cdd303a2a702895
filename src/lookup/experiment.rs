//! The balance experiment: the only way in which a run itself may find out that Enrow never took a batch whose answer
//! was lost.
//!
//! The run reads the balance from before its first POST on and never stops. A lost batch is released only if an
//! unbroken chain of fresh readings shows, at its end and for ten minutes without a pause, exactly the balance that must
//! be there if the batch was not taken, while nothing else happened. One reading that our own batches cannot explain
//! ends the experiment for good. What it cannot see is a charge and a deposit of the same amount between two readings.
//!
//! This module only judges the readings and the ledger's state that it is given. It does no input or output.

mod chain;
#[cfg(test)]
mod tests;

pub(crate) use chain::Reading;

use crate::ledger::{AccountActivity, ExperimentEnd};
use chain::{Chain, LONGEST_GAP};
use std::time::Duration;

/// How long the balance may differ from what the ledger says: announced refunds may be late.
pub(super) fn give_up_after(silence: Duration) -> Duration {
    (silence * 3).max(LONGEST_GAP)
}

/// What the readings show so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// No batch is lost, or the proof is not complete yet.
    Open {
        /// How long the balance has to stay as it is. Longer where something happens meanwhile.
        left: Duration,
    },
    /// No batch that was lost since the chain began was taken.
    NotTaken,
    /// A proof is impossible from now on.
    Ended(ExperimentEnd),
}

/// The chain of readings of one run.
#[derive(Debug, Clone)]
pub(crate) struct Experiment {
    /// How long nothing may happen before the verdict.
    silence: Duration,
    chain: Option<Chain>,
    /// When the newest of the lost answers was lost.
    lost_at: Option<Duration>,
    ended: Option<ExperimentEnd>,
}

impl Experiment {
    pub(crate) fn new(silence: Duration) -> Self {
        Self { silence, chain: None, lost_at: None, ended: None }
    }

    /// Whether there is a balance to compare with.
    #[cfg(test)]
    fn has_baseline(&self) -> bool {
        self.chain.is_some() && self.ended.is_none()
    }

    /// Takes note that the answer to a POST was lost. Until then a broken chain just begins anew.
    pub(crate) fn lost(&mut self, now: Duration) {
        if self.chain.is_none() {
            self.ended.get_or_insert(ExperimentEnd::NoBaseline);
        }
        self.lost_at = Some(now);
    }

    /// After [`Verdict::NotTaken`]: the lost batches are released, and the chain goes on.
    pub(crate) fn released(&mut self) {
        self.lost_at = None;
    }

    /// Ends the experiment where the run cannot wait any longer for the account to be silent.
    pub(crate) fn give_up(&mut self) -> ExperimentEnd {
        *self.ended.get_or_insert(ExperimentEnd::NeverSettled)
    }

    /// Why a proof is impossible.
    pub(crate) fn ended(&self) -> Option<ExperimentEnd> {
        self.ended
    }

    /// Since when the chain's readings go on without a break.
    pub(crate) fn chain_began(&self) -> Option<Duration> {
        self.chain.as_ref().map(|chain| chain.first.asked)
    }

    /// Judges one more reading. `before` and `after` are what the ledger said just before it was asked for and just
    /// after it was there.
    pub(crate) fn observe(
        &mut self,
        reading: Reading,
        before: &AccountActivity,
        after: &AccountActivity,
    ) -> Verdict {
        if let Some(why) = self.ended {
            return Verdict::Ended(why);
        }
        let judged = match &mut self.chain {
            Some(chain) => chain.judge(reading, before, after),
            None => Ok(()),
        };
        if let Err(why) = judged {
            self.chain = None;
            if self.lost_at.is_some() {
                self.ended = Some(why);
                return Verdict::Ended(why);
            }
        }
        if self.chain.is_none() && self.lost_at.is_none() {
            self.chain = Chain::begin(reading, before, after);
        }
        self.verdict(reading.asked)
    }

    fn verdict(&mut self, now: Duration) -> Verdict {
        let silence = self.silence;
        let (Some(chain), Some(lost_at)) = (&self.chain, self.lost_at) else {
            return Verdict::Open { left: silence };
        };
        if let Some(since) = chain.exact_since {
            // Both the balance and the lost request had this long to show themselves.
            let shown = now.saturating_sub(since.max(lost_at));
            if shown >= silence {
                return Verdict::NotTaken;
            }
            return Verdict::Open { left: silence.saturating_sub(shown) };
        }
        if now.saturating_sub(chain.quiet_since.max(lost_at)) >= give_up_after(silence) {
            self.ended = Some(ExperimentEnd::NeverSettled);
            return Verdict::Ended(ExperimentEnd::NeverSettled);
        }
        Verdict::Open { left: silence }
    }
}
