//! What comes before the first credit: the recovery of interrupted batches, the plan, the estimate.

use super::BulkRun;
use super::rows::SheetRows;
use crate::cli::BulkArgs;
use crate::enrow::RetryPolicy;
use crate::lookup::{self, Plan};
use crate::sheet::{Input, Searches, Sheet};
use crate::text::sanitize;
use crate::ui::estimate::{Estimate, Limits};
use crate::ui::exit::Exit;
use crate::ui::failure::Failure;
use crate::ui::message::{Message, counted, message};
use crate::units::Moment;
use std::cmp::Reverse;

impl BulkRun<'_> {
    pub(super) async fn prepare(&self) -> Result<(Plan, Estimate, Searches), Failure> {
        let engine = &self.engine;
        let nothing_sent =
            |error: lookup::Error| self.session.failure(error).fact("no batch was sent");
        let mut balance = None;
        engine.recover_interrupted().await.map_err(nothing_sent)?;
        let mut kept = self.sheet.keep_searches()?;
        let plan = Plan::make(
            SheetRows::keep(self.sheet, &mut kept),
            &self.session.ledger,
            self.settings.freshness,
            self.refresh.filled_rows(self.session.is_made_up()),
        )
        .await
        .map_err(nothing_sent)?;
        let counts = &plan.counts;
        if counts.searchable_rows() == 0 && counts.rows > 0 {
            return Err(nothing_searchable(self.args, self.sheet, &plan));
        }
        // Read before the balance, which replaces the stored one that it is compared with.
        let account = self.session.ledger.account_state(self.session.account).await?;
        // A run with nobody to ask for does not need Enrow.
        if counts.new + counts.under_way > 0 {
            let policy = RetryPolicy::Tries(5);
            balance = engine.balance_if_readable(policy).await.map_err(nothing_sent)?;
        }
        let rate = self.session.ledger.found_rate().await?;
        let mut estimate = Estimate::of(counts, limits(self.args), account.price, rate, balance);
        estimate.spent_elsewhere =
            balance.and_then(|balance| account.spent_elsewhere(balance, Moment::now()));
        estimate.is_held_back = engine.rewound().await.map_err(nothing_sent)?.is_some();
        self.refresh.announce(self.console);
        estimate.lines(counts).into_iter().for_each(|line| self.console.info(line));
        estimate.alarm().into_iter().for_each(|alarm| self.console.warn(alarm));
        if counts.filled_in > 0 && counts.new > 0 {
            self.warn_of_new_ledger().await?;
        }
        Ok((plan, estimate, kept.finish()?))
    }

    /// Warns if the list has numbers but the ledger knows nobody: its other people may have been asked for with another
    /// ledger.
    async fn warn_of_new_ledger(&self) -> Result<(), Failure> {
        let totals = self.session.ledger.totals().await?;
        if totals.people == 0 && totals.batches == 0 {
            self.console.warn(message!(
                "this list has numbers already, but the ledger {} is new: people without a number who were asked with \
                 another ledger are asked again, and paid again if a number is found\n\
                 hint: use the ledger of the earlier runs: `--ledger PATH`",
                Message::place(self.session.ledger.location())
            ));
        }
        Ok(())
    }
}

pub(super) fn limits(args: &BulkArgs) -> Limits {
    Limits { credits: args.max_credits, people: args.limit }
}

pub(super) fn nothing_searchable(args: &BulkArgs, sheet: &Sheet, plan: &Plan) -> Failure {
    let input = Input::parse(args.input.clone());
    let what = message!("no row of `{}` has enough data for a search", Message::foreign(input));
    let failure = Failure::new(Exit::Unusable, what);
    let failure = unsearchable(plan).into_iter().fold(failure, Failure::fact);
    failure
        .fact(Message::foreign(sheet.mapping()))
        .hint("a row needs a LinkedIn profile URL, or first name, last name and company: if it has them, name the columns with `--map FIELD=COLUMN`")
}

/// Why rows cannot be searched, the most frequent reason first: `2 rows: no company`.
fn unsearchable(plan: &Plan) -> Vec<Message> {
    let reasons = plan.counts.unsearchable.iter();
    let mut reasons: Vec<_> =
        reasons.map(|(reason, n)| (Reverse(*n), reason.to_string())).collect();
    reasons.sort();
    let lines = reasons.into_iter().map(|(Reverse(n), reason)| {
        message!("{}: {}", counted(n, "row", "rows"), sanitize(&reason))
    });
    lines.collect()
}
