//! How a run ended: in words, in an exit code, in the report's one word.

use super::Job;
use crate::ledger::{BatchRecord, BatchState};
use crate::lookup::{self, EndReason, RunOutcome, SkipReason};
use crate::people::RowStatus;
use crate::sheet::Output;
use crate::ui::failure::{Exit, Failure};
use crate::ui::receipt;
use crate::ui::report::{PlanReport, Report, RowCounts, RunReport};
use crate::units::counted;

impl Job<'_> {
    /// The end of a run that is stopped by what leaves no time, or no ground, to write rows; `None` for any other.
    pub(super) fn early_exit(
        &self,
        reason: &EndReason,
        ended: &RunOutcome,
    ) -> Option<Result<(Exit, &'static str), Failure>> {
        match reason {
            EndReason::Interrupted => {
                self.tell_interrupted(ended);
                Some(Ok((Exit::Interrupted, "interrupted")))
            }
            EndReason::Terminated => {
                self.tell_interrupted(ended);
                Some(Ok((Exit::Terminated, "terminated")))
            }
            EndReason::KeyRefused { status, message } => {
                Some(Err(self.session.refused_key(*status, message).fact(self.untouched())))
            }
            EndReason::RequestRefused { status, message } => Some(Err(Failure::new(
                Exit::Failed,
                format!("Enrow refused the request ({status}: \"{message}\")"),
            )
            .fact("it was not charged, and nobody of it is taken for asked")
            .fact(self.untouched()))),
            EndReason::TimedOut
            | EndReason::Failed
            | EndReason::LimitReached
            | EndReason::AnswersLost
            | EndReason::CreditsRanOut
            | EndReason::BudgetReached => None,
        }
    }

    /// Tells what the run came to, once the rows are written.
    pub(super) fn tell(
        &self,
        planned: &PlanReport,
        done: &RunReport,
        rows: &RowCounts,
        seconds: f64,
        ended: &RunOutcome,
    ) {
        for line in receipt::lines(planned, done, rows, seconds) {
            self.console.info(line);
        }
        let again = "run the same command again";
        let open = rows.open();
        let without = match (open, rows.stale) {
            (0, stale @ 1..) => {
                counted(stale, "row keeps an earlier answer", "rows keep an earlier answer")
            }
            (open, 0) => counted(open, "row has no answer", "rows have no answer"),
            (open, stale) => format!(
                "{}, {} an earlier one",
                counted(open, "row has no answer", "rows have no answer"),
                counted(stale, "keeps", "keep")
            ),
        };
        let open = open + rows.stale;
        match &ended.end {
            Some(EndReason::CreditsRanOut) => self.console.warn(format!(
                "credits ran out\n  {} is written; {without}\nhint: add credits and {again}; answered people are not asked again",
                self.output
            )),
            Some(EndReason::BudgetReached) => self.console.warn(format!(
                "`--max-credits` was reached\n  {} is written; {without}\nhint: {again}, with another budget; answered people are not asked again",
                self.output
            )),
            Some(EndReason::LimitReached) => self.console.warn(format!("`--limit` was reached: {without}\nhint: {again}")),
            Some(EndReason::AnswersLost) => self.console.warn(format!(
                "Enrow's answers were lost, again and again: no more batches were sent\nhint: {again} later"
            )),
            Some(EndReason::TimedOut) => {
                self.console.warn(format!("`--timeout` is over: {without}\nhint: {again}: it collects them"));
            }
            None if self.args.detach && open > 0 => {
                self.console.info(format!("submitted; {again} later: it collects the answers"));
            }
            None if open > rows.of(RowStatus::Unknown) => {
                self.console.warn(format!("{without}\nhint: {again}"));
            }
            None if open > 0 => self.console.warn(format!(
                "{without} and may have been paid\nhint: `enrow-phone recover` tells more"
            )),
            Some(EndReason::Interrupted | EndReason::Terminated | EndReason::Failed | EndReason::KeyRefused { .. } | EndReason::RequestRefused { .. }) | None => {}
        }
        self.tell_other_keys(ended);
        for batch in ended.unsettled.iter().filter(|batch| batch.state == BatchState::Unknown) {
            self.console.warn_always(format!(
                "a batch of {} may have been taken: its answer was lost\n  \
                 up to {} credits may be reserved; its rows are `unknown` and are not sent again unasked\n\
                 hint: find its id on the Enrow dashboard and run `enrow-phone recover BATCH_ID`; to risk paying twice, `recover --resubmit`",
                counted(batch.searches, "person", "people"),
                crate::lookup::HIGHEST_KNOWN_PRICE.saturating_mul(batch.searches),
            ));
        }
        if !matches!(self.output, Output::Stdout) {
            self.console.info(format!("wrote {}", self.output));
        }
    }

    /// Batches that another key sent are polled with that key only.
    fn tell_other_keys(&self, ended: &RunOutcome) {
        let mut keys: Vec<String> = ended
            .unsettled
            .iter()
            .filter(|batch| batch.account != self.session.account)
            .map(|batch| batch.account.to_string())
            .collect();
        keys.sort();
        keys.dedup();
        for key in keys {
            self.console.warn(format!(
                "batches under way were sent with another API key ({key}; this one is {})\nhint: run the same command with that key to collect them",
                self.session.account
            ));
        }
    }

    fn tell_interrupted(&self, ended: &RunOutcome) {
        self.console.warn(format!("interrupted; {}", self.untouched()));
        if self.session.in_sandbox() {
            self.console
                .info("  the sandbox ends with the run, and what was submitted to it as well");
            return;
        }
        let of = |state| move |batch: &&BatchRecord| batch.state == state;
        for batch in ended.unsettled.iter().filter(of(BatchState::Running)) {
            let id = batch.id.as_ref().map_or("", |id| id.as_str());
            let people = counted(batch.searches, "person", "people");
            self.console.info(format!("  batch {id} ({people}) goes on at Enrow"));
        }
        let doubt = ended.unsettled.iter().filter(of(BatchState::Unknown)).count();
        if doubt > 0 {
            let batches = counted(doubt, "batch", "batches");
            self.console
                .info(format!("  {batches} may have been taken: the next run asks the balance"));
        }
        self.console.info("hint: run the same command again: it collects what was submitted and asks nobody twice");
    }

    /// The end of a run that was interrupted before anything was sent.
    pub(super) fn interrupted_early(&self, reason: &EndReason, report: &mut Report) -> Exit {
        self.console.warn(format!("interrupted; nothing was sent, {}", self.untouched()));
        let (exit, reason) = match reason {
            EndReason::Terminated => (Exit::Terminated, "terminated"),
            EndReason::AnswersLost
            | EndReason::BudgetReached
            | EndReason::CreditsRanOut
            | EndReason::Failed
            | EndReason::Interrupted
            | EndReason::KeyRefused { .. }
            | EndReason::LimitReached
            | EndReason::RequestRefused { .. }
            | EndReason::TimedOut => (Exit::Interrupted, "interrupted"),
        };
        report.reason = reason;
        exit
    }

    /// An error in the middle of a run.
    pub(super) fn broken(&self, error: lookup::Error) -> Failure {
        self.session
            .failure(error)
            .fact(self.untouched())
            .fact("what was paid for is in the ledger, or is collected by the next run")
    }

    /// What became of the output where nothing was written.
    pub(super) fn untouched(&self) -> String {
        match self.output {
            Output::Stdout => "nothing was written".to_owned(),
            Output::File(_) | Output::Device(_) => format!("{} was not touched", self.output),
        }
    }
}

/// What rows of people who were not asked for are told.
pub(super) fn skip_reason(ended: &RunOutcome) -> SkipReason {
    ended.end.as_ref().map_or(SkipReason::Stopped, EndReason::skip_reason)
}

/// The exit code and its word.
pub(super) fn exit_status(
    end: Option<&EndReason>,
    counts: &RowCounts,
    detached: bool,
) -> (Exit, &'static str) {
    // Whatever ran out, nobody was left without an answer by it.
    let open = counts.open() + counts.stale;
    let end = end.filter(|_| open > 0);
    let partial = if open > 0 { Exit::Partial } else { Exit::Done };
    match end {
        Some(EndReason::CreditsRanOut) => (Exit::Credits, "credits"),
        Some(EndReason::BudgetReached) => (Exit::Credits, "budget"),
        Some(EndReason::LimitReached) => (partial, "limit"),
        Some(EndReason::AnswersLost) => (partial, "lost_answers"),
        Some(EndReason::TimedOut) => (partial, "timeout"),
        Some(
            EndReason::Interrupted
            | EndReason::Terminated
            | EndReason::Failed
            | EndReason::KeyRefused { .. }
            | EndReason::RequestRefused { .. },
        )
        | None
            if detached && open > 0 =>
        {
            (partial, "detached")
        }
        Some(
            EndReason::Interrupted
            | EndReason::Terminated
            | EndReason::Failed
            | EndReason::KeyRefused { .. }
            | EndReason::RequestRefused { .. },
        )
        | None
            if open > 0 =>
        {
            (partial, "incomplete")
        }
        Some(
            EndReason::Interrupted
            | EndReason::Terminated
            | EndReason::Failed
            | EndReason::KeyRefused { .. }
            | EndReason::RequestRefused { .. },
        )
        | None => (partial, "done"),
    }
}
