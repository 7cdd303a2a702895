//! What follows when the rows are written: what the run did, what it cost, and how it ends.

use super::{BulkRun, outcome};
use crate::enrow::RetryPolicy;
use crate::ledger::{BatchState, ListCosts, Savings, Which};
use crate::lookup::{Plan, RunOutcome};
use crate::sheet::Placed;
use crate::ui::batch_json::BatchJson;
use crate::ui::ending::EndText;
use crate::ui::exit::Exit;
use crate::ui::failure::Failure;
use crate::ui::receipt;
use crate::ui::report::{CreditsReport, ListReport, PlanReport, Report, RunReport};
use crate::ui::row_counts::RowCounts;
use crate::units::{Credits, Moment};

impl BulkRun<'_> {
    pub(super) async fn finish(
        &self,
        plan: &Plan,
        outcome: &RunOutcome,
        end: Option<EndText>,
        (rows, placed): (RowCounts, Placed),
        report: &mut Report,
    ) -> Result<Exit, Failure> {
        report.output = Some(match &placed {
            Placed::Beside(path) => path.display().to_string(),
            Placed::InPlace | Placed::Written => self.output.name(),
        });
        let searched = self.engine.run_state().receipt().searches;
        if rows.open() + rows.stale + rows.not_refreshed == 0
            && self.refresh.ends_with(self.args.limit, searched)
        {
            self.session.ledger.end_refresh(self.refresh.list).await?;
        }
        if plan.counts.known_found > 0 {
            let savings = Savings {
                numbers: plan.counts.known_found,
                account: Some(self.session.account),
                label: self.settings.label.clone(),
                now: Moment::now(),
            };
            self.session.ledger.add_savings(savings).await?;
        }
        let before = report.planned.as_ref().and_then(PlanReport::balance);
        let done = self.done(before, self.balance_after(before).await).await?;
        let costs = self.costs(report).await?;
        if let Some(planned) = &report.planned {
            let seconds = report.seconds();
            let lines = receipt::lines(planned, &done, &rows, seconds);
            // If this run is all that the list ever cost, the line for the list would repeat the receipt.
            let reserved = costs.spent.saturating_add(costs.refunded).saturating_add(costs.held);
            let is_all = reserved == done.credits.reserved && costs.held == Credits::ZERO;
            let so_far = (!is_all || costs.unclear > 0).then(|| receipt::costs_line(&costs));
            let fields = || receipt::fields(&done, &rows, report.list.as_ref(), seconds);
            self.console.info_with(lines.into_iter().chain(so_far), "receipt", fields);
        }
        let (exit, word) = outcome::exit_status(end.as_ref(), &rows, self.args, &placed);
        let short = report.planned.as_ref().and_then(PlanReport::short_budget);
        self.warn(exit, end, &rows, outcome, (&placed, short));
        self.warn_of_spending(&done.credits);
        report.done = Some(done);
        report.rows = Some(rows);
        report.reason = word;
        Ok(exit)
    }

    /// What the list cost so far, over all its runs.
    pub(super) async fn costs(&self, report: &mut Report) -> Result<ListCosts, Failure> {
        let costs = self.session.ledger.list_costs(self.refresh.list).await?;
        report.list = Some(ListReport::of(self.settings.label.as_deref(), &costs));
        Ok(costs)
    }

    /// The balance at the end. It is read only if the run did something that may have changed it.
    async fn balance_after(&self, before: Option<Credits>) -> Option<Credits> {
        let receipt = self.engine.run_state().receipt();
        let spoke =
            receipt.polls > 0 || receipt.in_doubt.saturating_add(receipt.reserved) > Credits::ZERO;
        match before {
            Some(_) if spoke => self.engine.balance(RetryPolicy::Tries(2)).await.ok(),
            _ => before,
        }
    }

    /// What the run has sent so far, and what became of it.
    pub(super) async fn done(
        &self,
        before: Option<Credits>,
        after: Option<Credits>,
    ) -> Result<RunReport, Failure> {
        let ledger = &self.session.ledger;
        let receipt = self.engine.run_state().receipt();
        let credits = CreditsReport::of(&receipt, before, after);
        let now = Moment::now();
        let batches = ledger.batches(Which::Ids(receipt.batches.clone())).await?;
        let in_doubt = ledger.batches(Which::Unsettled).await?.into_iter().filter(|batch| {
            batch.state == BatchState::Unknown && batch.account == self.session.account
        });
        Ok(RunReport {
            batches: batches.iter().map(|batch| BatchJson::of(batch, now)).collect(),
            credits,
            in_doubt: in_doubt.map(|batch| BatchJson::of(&batch, now)).collect(),
            polls: receipt.polls,
            searched: receipt.searches,
        })
    }
}
