//! What came of a POST: a batch that runs, or an answer that is lost.

use super::pending::{PendingBatch, Probe};
use super::{GRACE_PERIOD, SHORTEST_BACKOFF, Submitter};
use crate::enrow::Taken;
use crate::ledger::{
    Acceptance, BatchNo, LedgerError, PostOutcome, Readmitted, Recorded, Reserved, SavedResponse,
};
use crate::lookup::balances::LostBatch;
use crate::lookup::error::Early;
use crate::lookup::run_state::SentBy;
use crate::lookup::{EndReason, Engine, Error, HIGHEST_KNOWN_PRICE, Notice};
use crate::timer::sleep;
use crate::units::Moment;

/// How many answers may be lost in a row. Twice is no accident: every further batch could be paid for and lost as well.
const MAX_LOST: u32 = 2;

impl Submitter<'_> {
    /// Enrow runs the batch: follows it.
    pub(super) async fn accept(
        &mut self,
        claim: BatchNo,
        batch: PendingBatch,
        taken: Taken,
        response: Option<SavedResponse>,
    ) -> Result<(), Early> {
        let engine = self.engine;
        let searches = batch.searches.len();
        let reserved = Reserved::of(taken.reserved, engine.run_state.price(), searches);
        let outcome = PostOutcome::Accepted(Acceptance {
            id: taken.id.clone(),
            reserved,
            split: taken.split,
        });
        let lost_id = |error| Error::LostId {
            id: taken.id.clone(),
            kept: engine.ledger.kept_answer(),
            error,
        };
        // The response goes along as it came, whatever was read out of it: an id is never lost to a misreading.
        let recorded = self.record_acceptance(claim, outcome, response).await;
        let accepted = match recorded.map_err(lost_id)? {
            Recorded::Running(batch) => {
                let elsewhere = searches.saturating_sub(batch.open);
                if elsewhere > 0 {
                    // Its people were opened again on a person's word, before it was known to be taken.
                    engine.alarm(&Readmitted {
                        batch: batch.clone(),
                        elsewhere,
                        was_given_up: true,
                    });
                }
                *batch
            }
            Recorded::Readmitted(again) => {
                engine.alarm(&again);
                *again.batch
            }
            Recorded::Conflict | Recorded::Gone | Recorded::Released | Recorded::Unknown => {
                return Err(lost_id(engine.ledger.id_conflict()).into());
            }
        };
        tracing::info!(id = %taken.id, searches, reserved = reserved.credits().0, "batch accepted");
        self.accepted += 1;
        self.lost_in_a_row = 0;
        self.backoff = SHORTEST_BACKOFF;
        self.balance_is_fresh = false;
        engine.run_state.trouble_over();
        let balance_before = engine.run_state.balance();
        engine.follow(accepted, SentBy::ThisRun);
        self.learn_price(reserved, searches, balance_before).await?;
        match batch.probe {
            Probe::None => {}
            Probe::First | Probe::Second => self.probe_accepted().await?,
        }
        Ok(())
    }

    /// Where a server is away it is tried again until the run ends, and then once more for a moment: without this the id
    /// stands nowhere else.
    async fn record_acceptance(
        &self,
        claim: BatchNo,
        outcome: PostOutcome,
        response: Option<SavedResponse>,
    ) -> Result<Recorded, LedgerError> {
        let Engine { cancel, ledger, .. } = &**self.engine;
        let over = async {
            cancel.cancelled().await;
            sleep(GRACE_PERIOD).await;
        };
        let mut over = std::pin::pin!(over);
        loop {
            let now = Moment::now();
            let recording = ledger.record_post(claim, outcome.clone(), response.clone(), now);
            tokio::select! {
                recorded = recording => match recorded {
                    Err(error) if error.is_away() => {}
                    recorded => return recorded,
                },
                () = &mut over => return Err(ledger.away()),
            }
        }
    }

    /// The answer is lost, so the batch is unclear. Other people are sent meanwhile; only proof that it was not taken, or a
    /// person's word, opens its people again.
    pub(super) async fn lost(
        &mut self,
        claim: BatchNo,
        batch: PendingBatch,
        why: String,
        response: Option<SavedResponse>,
    ) -> Result<(), Early> {
        let engine = self.engine;
        let now = Moment::now();
        let recorded =
            engine.ledger.record_post(claim, PostOutcome::Unclear, response, now).await?;
        let claim = match recorded {
            Recorded::Readmitted(again) => {
                engine.alarm(&again);
                again.batch.batch
            }
            Recorded::Conflict
            | Recorded::Gone
            | Recorded::Released
            | Recorded::Running(_)
            | Recorded::Unknown => claim,
        };
        let searches = batch.searches.len();
        let price = engine.run_state.price().unwrap_or(HIGHEST_KNOWN_PRICE);
        let reserved = price.saturating_mul(searches);
        engine.run_state.doubted(reserved);
        self.balance_is_fresh = false;
        engine.notify(Notice::Doubt { people: searches, why });
        let people = batch.searches.iter().map(|search| search.person).collect();
        engine.watch_lost(LostBatch { batch: claim, people, reserved }).await?;
        engine.run_state.drop_ahead(searches);
        engine.cancel.check()?;
        self.lost_in_a_row += 1;
        if self.lost_in_a_row < MAX_LOST { Ok(()) } else { Err(EndReason::AnswersLost.into()) }
    }
}
