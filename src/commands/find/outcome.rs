//! What `find` prints: the number on standard output, the details on standard error.

use crate::batch::BatchId;
use crate::cli::FindArgs;
use crate::commands::session::Session;
use crate::ledger::{BatchRecord, BatchState, Claim, Freshness, PersonRecord, StoredAnswer};
use crate::lookup::{EndReason, FindOutcome, HIGHEST_KNOWN_PRICE, Settings, SkipReason};
use crate::people::{Country, PhoneNumber, RowAnswer, RowStatus};
use crate::text::sanitize;
use crate::ui::console::Console;
use crate::ui::ending::{EndText, Ending, LEDGER_GONE};
use crate::ui::exit::Exit;
use crate::ui::failure::Failure;
use crate::ui::message::{Message, message};
use crate::ui::row_answer::answer_of;
use crate::ui::stdout;
use crate::units::{Credits, Moment};
use serde::Serialize;

/// The outcome as JSON. Fields are only ever added.
#[derive(Debug, Serialize)]
struct FindJson<'a> {
    /// When Enrow gave the answer (RFC 3339, UTC); `null` without one.
    answered: Option<String>,
    /// Enrow's id of the search, if this run sent one.
    batch: Option<&'a BatchId>,
    /// The country of the number (ISO 3166-1 alpha-2).
    country: Option<&'a str>,
    /// What this run has cost so far.
    credits: Credits,
    /// What an earlier run reserved for the answer that this run collected, less the refund.
    credits_earlier: Credits,
    /// What a search with a lost answer may have reserved.
    credits_in_doubt: Credits,
    exit_code: u8,
    /// Whether the answer was in the ledger, so that Enrow was not asked.
    from_ledger: bool,
    /// Why there is no number, or what to know about it.
    note: &'a str,
    /// The number (E.164).
    number: Option<&'a str>,
    /// As in the column `phone_status`.
    status: &'static str,
}

pub(super) struct FindReport {
    answer: RowAnswer,
    answered: Option<Moment>,
    batch: Option<BatchId>,
    credits: Credits,
    /// The batch of an earlier run that this one collected, or waits for.
    earlier: Option<BatchRecord>,
    /// Why the run ended without an answer.
    end: Option<EndText>,
    exit: Exit,
    from_ledger: bool,
    in_doubt: Credits,
    /// By what `recover` names the batch that still claims the person.
    handle: Option<BatchId>,
    /// Whether Enrow is a sandbox that ends with the run.
    in_sandbox: bool,
}

impl FindReport {
    /// An answer from the ledger.
    pub(super) fn known(record: PersonRecord) -> Self {
        let every_age = Settings::default().freshness;
        let answered = answered(&record);
        let answer = answer_of(record, every_age, None, SkipReason::Stopped);
        Self {
            exit: exit_of(answer.status),
            answer,
            answered,
            batch: None,
            credits: Credits::ZERO,
            earlier: None,
            end: None,
            from_ledger: true,
            in_doubt: Credits::ZERO,
            handle: None,
            in_sandbox: false,
        }
    }

    /// An answer that Enrow was asked for, or why there is none.
    pub(super) fn of(
        found: FindOutcome,
        freshness: Freshness,
        session: &Session,
    ) -> Result<Self, Failure> {
        let FindOutcome { earlier, end, receipt, record } = found;
        let skip_reason = end.as_ref().map_or(SkipReason::Stopped, EndReason::skip_reason);
        let end = match end.map(|reason| session.ending(&reason)) {
            None => None,
            Some(Ending::Stopped(end) | Ending::Written(end)) => Some(end),
            Some(Ending::Error(failure)) => return Err(failure.fact("nothing was paid")),
        };
        let answered = answered(&record);
        let handle = record.claim.as_ref().map(Claim::handle);
        let answer = answer_of(record, freshness, Some(session.account), skip_reason);
        let exit = match &end {
            Some(end) if end.exit != Exit::Partial => end.exit,
            Some(_) | None if answer.is_stale => Exit::Partial,
            Some(_) | None => exit_of(answer.status),
        };
        let is_earlier_unclear =
            earlier.as_ref().is_some_and(|batch| batch.state == BatchState::Unknown);
        Ok(Self {
            from_ledger: !answer.status.is_open() && receipt.searches == 0 && receipt.polls == 0,
            answer,
            answered,
            batch: receipt.batches.last().cloned(),
            credits: receipt.net(),
            earlier,
            end,
            exit,
            in_doubt: if is_earlier_unclear {
                receipt.in_doubt.max(HIGHEST_KNOWN_PRICE)
            } else {
                receipt.in_doubt
            },
            handle,
            in_sandbox: session.in_sandbox(),
        })
    }

    pub(super) fn status(&self) -> RowStatus {
        self.answer.status
    }

    pub(super) fn show(self, args: &FindArgs, console: &Console) -> Result<Exit, Failure> {
        self.print(args).map_err(|failure| {
            let hint =
                "run it again, without `--refresh`: what is in the ledger costs nothing more";
            failure.fact("what was paid is in the ledger").hint(hint)
        })?;
        self.explain(console);
        Ok(self.exit)
    }

    fn print(&self, args: &FindArgs) -> Result<(), Failure> {
        let number = self.answer.number.as_ref().map(PhoneNumber::as_str);
        if args.json {
            stdout::print_json(&FindJson {
                answered: self.answered.map(Moment::rfc3339),
                batch: self.batch.as_ref(),
                country: self.answer.country.as_ref().map(Country::as_str),
                credits: self.credits,
                credits_earlier: self.credits_earlier(),
                credits_in_doubt: self.in_doubt,
                exit_code: self.exit.code(),
                from_ledger: self.from_ledger,
                note: &self.answer.note,
                number,
                status: self.answer.status.as_str(),
            })?;
        } else if let Some(number) = number {
            stdout::print(&sanitize(number).into())?;
        }
        Ok(())
    }

    /// What an earlier run reserved for this person. A batch of several people does not show what one of them cost.
    fn credits_earlier(&self) -> Credits {
        let alone = self.earlier.as_ref().filter(|batch| batch.searches == 1);
        let held = alone.and_then(|batch| batch.reserved.map(|held| (held, batch.refunded)));
        held.map_or(Credits::ZERO, |(held, back)| held.saturating_sub(back.unwrap_or_default()))
    }

    fn explain(&self, console: &Console) {
        let note = sanitize(&self.answer.note);
        if let Some(EndText { what, hint, word: LEDGER_GONE, .. }) = &self.end {
            console.warn_always(message!("{}\nhint: {}", what, hint));
        }
        match self.answer.status {
            RowStatus::Found => {
                let country = self.answer.country.as_ref().map(|country| sanitize(country.as_str()));
                let country = country.map_or(Message::default(), |country| message!("{}, ", country));
                console.info(message!("found: {}{}", country, self.paid()));
                if self.answer.is_stale {
                    let why = self.end.as_ref().map_or(Message::default(), |end| message!("{}; ", end.what));
                    console.warn_always(message!(
                        "this is an earlier number: {}{}\nhint: run the same command again for the new one", why, note
                    ));
                } else if !note.is_empty() {
                    console.info(message!("  {}", note));
                }
            }
            // An exit code other than 0 is explained even with `--quiet`.
            RowStatus::NotFound => console.print(message!("no number was found; {}", self.paid())),
            RowStatus::Invalid | RowStatus::Skipped => console.warn_always(message!("not searched: {}\n  {}", note, self.paid())),
            RowStatus::Pending => console.warn_always(self.pending()),
            RowStatus::NotSubmitted => console.warn_always(match &self.end {
                Some(end) if end.word == "credits" => "the credits do not cover a search; nothing was sent\nhint: add credits and run the same command again".into(),
                Some(end) => message!("{}: nothing was sent\nhint: {}", end.what, end.hint),
                None => message!("{}\nhint: run the same command again", note),
            }),
            RowStatus::Failed => {
                console.warn_always(message!("no usable answer: {}\nhint: run the same command again", note));
            }
            RowStatus::Unknown if self.in_doubt == Credits::ZERO => console.warn_always(note),
            RowStatus::Unknown => console.warn_always(message!(
                "the search may have been paid: the answer to it was lost\n  \
                 up to {} credits may be reserved; enrow-phone does not send it again by itself\n\
                 hint: `enrow-phone recover` settles it; to search again and perhaps pay twice, \
                 `enrow-phone recover{} --resubmit`",
                HIGHEST_KNOWN_PRICE,
                self.handle.as_ref().map_or(Message::default(), |handle| message!(" {}", sanitize(handle.as_str())))
            )),
        }
    }

    fn paid(&self) -> Message {
        let earlier = self.credits_earlier();
        if let (true, Some(at)) = (self.from_ledger, self.answered) {
            let day = Message::foreign(&at.rfc3339()[..10]);
            message!("known since {}, nothing was paid", day)
        } else if self.credits > Credits::ZERO {
            message!("{} credits", self.credits)
        } else if earlier > Credits::ZERO {
            message!("{} credits, reserved by an earlier run", earlier)
        } else if self.earlier.as_ref().is_some_and(|batch| batch.searches > 1) {
            "the answer came with a batch of an earlier run".into()
        } else {
            "nothing was paid".into()
        }
    }

    fn pending(&self) -> Message {
        let why = self.end.as_ref().map_or("no answer yet".into(), |end| end.what.clone());
        if self.in_sandbox {
            return message!("{}\n  the sandbox ends with the run, and so does the search", why);
        }
        let note = &*self.answer.note;
        let place = sanitize(note.strip_suffix(": run the same command again").unwrap_or(note));
        message!(
            "{}: {}\nhint: run the same command again: it collects the answer, and nobody is paid for twice",
            why,
            place
        )
    }
}

fn exit_of(status: RowStatus) -> Exit {
    match status {
        RowStatus::Found => Exit::Done,
        RowStatus::NotFound => Exit::Failed,
        RowStatus::Invalid | RowStatus::Skipped => Exit::Unusable,
        RowStatus::Pending | RowStatus::NotSubmitted | RowStatus::Failed => Exit::Partial,
        RowStatus::Unknown => Exit::Unknown,
    }
}

fn answered(record: &PersonRecord) -> Option<Moment> {
    match record.recorded {
        Some(StoredAnswer::Answer { answered, .. }) => Some(answered),
        Some(StoredAnswer::Suppressed) | None => None,
    }
}
