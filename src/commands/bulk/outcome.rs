//! How a run of `bulk` ended: messages, the exit code, and the word in the report.

use super::BulkRun;
use crate::cli::BulkArgs;
use crate::ledger::{BatchRecord, BatchState};
use crate::lookup::{self, EndReason, HIGHEST_KNOWN_PRICE, RunOutcome, SkipReason};
use crate::people::RowStatus;
use crate::sheet::{Output, Placed};
use crate::ui::console::Console;
use crate::ui::ending::{EndText, Ending, LEDGER_GONE, TAKEN_LATE};
use crate::ui::exit::Exit;
use crate::ui::failure::Failure;
use crate::ui::message::{Message, counted, message, people};
use crate::ui::notice;
use crate::ui::receipt;
use crate::ui::report::{CreditsReport, Report};
use crate::ui::row_counts::RowCounts;
use crate::units::Credits;
use std::collections::BTreeSet;

const AGAIN: &str = "run the same command again";

impl BulkRun<'_> {
    /// The user ended the run. What was submitted continues at Enrow.
    pub(super) async fn stop(
        &self,
        end: EndText,
        outcome: &RunOutcome,
        report: &mut Report,
    ) -> Result<Exit, Failure> {
        report.reason = end.word;
        self.console.warn_always(message!("{}; {}", end.what, self.untouched()));
        if self.session.in_sandbox() {
            self.console.info("  the sandbox ends with the run, and so do its batches");
            return Ok(end.exit);
        }
        let in_state = |state| move |batch: &&BatchRecord| batch.state == state;
        for batch in outcome.unsettled.iter().filter(in_state(BatchState::Running)) {
            let id = notice::batch(batch.id.as_ref());
            self.console.info(message!("  {} ({}) continues at Enrow", id, people(batch.searches)));
        }
        let unclear = outcome.unsettled.iter().filter(in_state(BatchState::Unknown)).count();
        if unclear > 0 {
            self.console.info(message!(
                "  {} may have been paid: `enrow-phone recover` shows what is known",
                counted(unclear, "batch", "batches")
            ));
        }
        let costs = self.costs(report).await?;
        if costs.searched > 0 {
            self.console.info(receipt::costs_line(&costs));
        }
        self.console.info(message!("hint: {}", end.hint));
        Ok(end.exit)
    }

    /// The run had to end while the rows were written, because their reader took no more.
    pub(super) async fn stop_writing(
        &self,
        reason: &EndReason,
        report: &mut Report,
    ) -> Result<Exit, Failure> {
        let end = match self.session.ending(reason) {
            Ending::Error(failure) => return Err(failure),
            Ending::Stopped(end) | Ending::Written(end) => end,
        };
        report.reason = end.word;
        self.console.warn_always(message!(
            "{}; only a part of the rows was written to {}, whose reader took no more",
            end.what,
            Message::foreign(self.output)
        ));
        let costs = self.costs(report).await?;
        self.console.info(receipt::costs_line(&costs));
        self.console.info(message!("hint: {}: answered people are not searched again", AGAIN));
        Ok(end.exit)
    }

    /// Warns of rows without an answer, of batches of other keys, and of credits that may be lost. Says where the rows are.
    pub(super) fn warn(
        &self,
        exit: Exit,
        end: Option<EndText>,
        rows: &RowCounts,
        outcome: &RunOutcome,
        (placed, short_budget): (&Placed, Option<Message>),
    ) {
        let open = rows.open() + rows.stale;
        let missing = missing(rows);
        match end {
            Some(EndText { what, hint, word, .. }) if open > 0 => {
                let hint = match (word, short_budget) {
                    ("budget", Some(short)) => short,
                    (_, Some(_) | None) => hint,
                };
                let text = message!(
                    "{what}\n  {written}; {missing}\nhint: {hint}";
                    what, written = self.written(placed), missing, hint
                );
                if exit == Exit::Done {
                    self.console.info(text);
                } else {
                    self.console.warn_always(text);
                }
            }
            Some(EndText { what, hint, word: LEDGER_GONE, .. }) => {
                self.console.warn_always(message!("{}\nhint: {}", what, hint));
            }
            None if open > 0 && exit == Exit::Done => {
                self.console.info(message!("submitted; {} later: it collects the answers", AGAIN));
            }
            None if open > rows.of(RowStatus::Unknown) => {
                self.console.warn_always(message!("{}\nhint: {}", missing, AGAIN));
            }
            None if open > 0 => self.console.warn_always(message!(
                "{} and may have been paid\nhint: `enrow-phone recover` shows what is known",
                missing
            )),
            Some(_) | None => {}
        }
        self.warn_of_other_keys(outcome);
        for batch in outcome.unsettled.iter().filter(|batch| batch.state == BatchState::Unknown) {
            self.console.warn_always(message!(
                "a batch of {} may have been paid: the answer to it was lost\n  \
                 up to {} credits may be held; its rows are `unknown`, enrow-phone does not send them again by itself\n\
                 hint: find the id on the Enrow dashboard and run `enrow-phone recover BATCH_ID`; \
                 to search again and perhaps pay twice, `enrow-phone recover {} --resubmit`",
                people(batch.searches),
                HIGHEST_KNOWN_PRICE.saturating_mul(batch.searches),
                batch.handle(),
            ));
        }
        self.say_where(placed);
    }

    /// Warns if the balance fell by more than this run explains.
    pub(super) fn warn_of_spending(&self, credits: &CreditsReport) {
        let missing = Credits(credits.unexplained.min(0).unsigned_abs());
        if missing <= credits.in_doubt {
            return;
        }
        let given_back = credits.refunded.saturating_add(credits.refunded_earlier);
        if missing <= given_back {
            self.console.warn(message!(
                "the balance is {} less than this run explains: a refund is late, or somebody else used the account",
                missing
            ));
        } else {
            self.console.warn_always(message!(
                "the balance is {} less than this run explains: somebody else used the account, or people were searched with another ledger",
                missing
            ));
        }
    }

    /// Says that batches of another key can be collected with any key of the same account.
    fn warn_of_other_keys(&self, outcome: &RunOutcome) {
        let others = outcome.unsettled.iter().map(|batch| batch.account);
        let others: BTreeSet<String> = others
            .filter(|account| *account != self.session.account)
            .map(|account| account.to_string())
            .collect();
        for other in others {
            self.console.warn(message!(
                "batches of another API key are running ({}; this one is {})\nhint: {} with a key of the same account to collect them",
                Message::foreign(other),
                self.session.account,
                AGAIN
            ));
        }
    }

    /// An error in the middle of a run.
    pub(super) fn broken(&self, error: lookup::Error) -> Failure {
        self.session
            .failure(error)
            .fact(self.untouched())
            .fact("what was paid is in the ledger, or the next run collects it")
    }

    pub(super) fn untouched(&self) -> Message {
        untouched(self.output)
    }

    fn written(&self, placed: &Placed) -> Message {
        match (self.output, placed) {
            (_, Placed::Beside(path)) => {
                message!("`{}` is written", Message::foreign(path.display()))
            }
            (Output::Stdout, _) => "the rows are written".into(),
            (Output::File(_) | Output::Device(_), Placed::InPlace | Placed::Written) => {
                message!("{} is written", Message::foreign(self.output))
            }
        }
    }

    /// Says where the rows are, unless they are on standard output.
    fn say_where(&self, placed: &Placed) {
        let output = Message::foreign(self.output);
        match (self.output, placed) {
            (_, Placed::Beside(path)) => self.console.warn_always(message!(
                "{output} changed while the run worked, and is not overwritten\n  \
                 the rows are in `{path}`\n\
                 hint: {again}: answered people are not searched again";
                output, path = Message::foreign(path.display()), again = AGAIN
            )),
            (_, Placed::InPlace) => self
                .console
                .info(message!("wrote {} in place: no other file could take its place", output)),
            (Output::Stdout, Placed::Written) => {}
            (Output::File(_) | Output::Device(_), Placed::Written) => {
                self.console.info(message!("wrote {}", output));
            }
        }
    }
}

/// Ends a run before anything was sent.
pub(super) fn stop_early(
    end: Ending,
    output: &Output,
    console: &Console,
    report: &mut Report,
) -> Result<Exit, Failure> {
    match end {
        Ending::Error(failure) => Err(failure.fact("no batch was sent")),
        Ending::Stopped(end) => {
            console.warn_always(message!("{}; nothing was sent, {}", end.what, untouched(output)));
            report.reason = end.word;
            Ok(end.exit)
        }
        // The exit code of `end` would say that rows are written.
        Ending::Written(end) => {
            console.warn_always(message!("{}; nothing was sent, {}", end.what, untouched(output)));
            report.reason = end.word;
            Ok(Exit::Failed)
        }
    }
}

/// Says that the output is as it was.
fn untouched(output: &Output) -> Message {
    match output {
        Output::Stdout => "nothing was written".into(),
        Output::File(_) | Output::Device(_) => {
            message!("{} was not touched", Message::foreign(output))
        }
    }
}

/// `3 rows have no answer, 1 keeps an earlier one`.
fn missing(rows: &RowCounts) -> Message {
    let none = counted(rows.open(), "row has no answer", "rows have no answer");
    match (rows.open(), rows.stale) {
        (0, stale @ 1..) => {
            counted(stale, "row keeps an earlier answer", "rows keep an earlier answer")
        }
        (_, 0) => none,
        (_, stale) => message!("{}, {} an earlier one", none, counted(stale, "keeps", "keep")),
    }
}

/// Why people were not searched.
pub(super) fn skip_reason(outcome: &RunOutcome) -> SkipReason {
    outcome.end.as_ref().map_or(SkipReason::Stopped, EndReason::skip_reason)
}

/// The exit code of a run that wrote its rows, and the report's word for it.
pub(super) fn exit_status(
    end: Option<&EndText>,
    rows: &RowCounts,
    args: &BulkArgs,
    placed: &Placed,
) -> (Exit, &'static str) {
    let word = match end {
        _ if matches!(placed, Placed::Beside(_)) => return (Exit::Failed, "input_changed"),
        Some(end) if end.word == TAKEN_LATE && rows.of(RowStatus::Unknown) == 0 => {
            return (end.exit, end.word);
        }
        Some(end) if end.word == LEDGER_GONE => return (end.exit, end.word),
        _ if rows.open() + rows.stale == 0 => return (Exit::Done, "done"),
        Some(end) => end.word,
        None if args.detach => "detached",
        None => "incomplete",
    };
    if rows.of(RowStatus::Unknown) > 0 {
        return (Exit::Unknown, word);
    }
    let exit = end.map_or(Exit::Partial, |end| end.exit);
    let is_limit_reached = end.is_some_and(|end| end.word == "limit");
    if exit != Exit::Partial || !(is_limit_reached || end.is_none() && args.detach) {
        return (exit, word);
    }
    // The user asked for no more than this.
    let pending = if args.detach { rows.of(RowStatus::Pending) } else { 0 };
    let beyond_limit = if is_limit_reached { rows.of(RowStatus::NotSubmitted) } else { 0 };
    let exit = if rows.open() == pending + beyond_limit { Exit::Done } else { exit };
    (exit, word)
}
