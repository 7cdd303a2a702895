//! `find`: one person, for whoever wants a number now.

use super::session::Session;
use super::session::signals;
use crate::batch::BatchId;
use crate::cli::{FindArgs, Global};
use crate::ledger::{BatchRecord, BatchState, Freshness, PersonRecord, Status, StoredAnswer};
use crate::lookup::{self, Cancel, EndReason, Engine, FindOutcome, Settings, SkipReason, Through};
use crate::people::{RowAnswer, RowStatus, Search};
use crate::ui::console::Console;
use crate::ui::failure::{Exit, Failure};
use crate::ui::notice::describe;
use crate::ui::progress::Progress;
use crate::ui::row_answer::answer_of;
use crate::ui::stdout;
use crate::units::{Credits, Moment};
use serde::Serialize;
use std::rc::Rc;

/// The outcome as JSON. Fields are only ever added.
#[derive(Debug, Serialize)]
struct FindJson {
    /// When Enrow gave the answer (RFC 3339, UTC); `null` without one.
    answered: Option<String>,
    /// Enrow's id of the search, where this run sent one.
    batch: Option<BatchId>,
    /// The country of the number (ISO 3166-1 alpha-2).
    country: Option<String>,
    /// What this run cost as things stand.
    credits: Credits,
    /// What an earlier run had reserved for the answer that this one collected, less what came back.
    credits_earlier: Credits,
    /// What a search whose answer was lost may have reserved.
    credits_in_doubt: Credits,
    /// The exit code.
    exit_code: u8,
    /// Whether the answer stood in the ledger and nobody was asked.
    from_ledger: bool,
    /// Why there is no number, or what is to be known about it.
    note: String,
    /// The number (E.164).
    number: Option<String>,
    /// As in the column `phone_status`.
    status: &'static str,
}

/// Looks in the ledger, else asks Enrow, and tells.
pub(super) async fn run(
    args: &FindArgs,
    global: &Global,
    console: &Console,
) -> Result<Exit, Failure> {
    let identity = args.person.identify()?;
    let freshness = lookup::freshness(Moment::now(), args.refresh.then(Moment::now), args.max_age);
    let ledger = Rc::new(Session::ledger(global)?);
    let statuses = ledger.upsert_people(vec![identity.key()], freshness).await?;
    // Whom the ledger knows nobody is asked about: no key, no network.
    if let Status::Answered(_) = statuses[0].status {
        let person = statuses[0].person;
        let record = ledger.person_records(vec![person]).await?.pop();
        let record = record.unwrap_or_default();
        let known = Outcome::known(&record);
        if known.status() == RowStatus::Found {
            ledger.add_savings(1).await?;
        }
        return known.tell(args, console);
    }
    let search = Search { identity, custom: None };
    let session = Session::connect(global, console, ledger)?;
    let outcome = ask(args, global, console, &session, search, freshness).await?;
    outcome.tell(args, console)
}

async fn ask(
    args: &FindArgs,
    global: &Global,
    console: &Console,
    session: &Session,
    search: Search,
    freshness: Freshness,
) -> Result<Outcome, Failure> {
    let cancel = Cancel::new();
    signals::cancel_on_signal(cancel.clone(), console.clone());
    if let Some(time) = args.timeout {
        cancel.cancel_after(time);
    }
    let settings = Settings {
        doubt_wait: global.doubt_wait,
        freshness,
        through: Through::Single,
        ..Settings::default()
    };
    let console = Rc::new(console.clone());
    let notices = Rc::clone(&console);
    let engine = Engine::new(
        session.service(),
        settings,
        cancel.clone(),
        Box::new(move |notice| notices.info(describe(&notice))),
    );
    let progress =
        console.shows_progress().then(|| Progress::show(engine.run_state(), Rc::clone(&console)));
    let sought = engine.find(search).await;
    drop(progress);
    let sought = sought.map_err(|error| {
        session
            .failure(error)
            .fact("what was paid for is in the ledger, or is collected by the next run")
    })?;
    Outcome::of(sought, freshness, session)
}

/// What there is to tell.
struct Outcome {
    answer: RowAnswer,
    answered: Option<Moment>,
    batch: Option<BatchId>,
    credits: Credits,
    /// The batch of an earlier run that this one collected, or waits for.
    earlier: Option<BatchRecord>,
    exit: Exit,
    from_ledger: bool,
    end: Option<EndReason>,
    in_doubt: Credits,
    /// Enrow is a sandbox that ends with the run.
    in_sandbox: bool,
}

impl Outcome {
    /// An answer from the ledger.
    fn known(record: &PersonRecord) -> Self {
        let everything = Settings::default().freshness;
        let nobody = crate::batch::AccountId::from_bytes([0; 16]);
        let answer = answer_of(record.clone(), everything, nobody, SkipReason::Stopped);
        Self {
            exit: exit_of(answer.status),
            answer,
            answered: answered(record),
            batch: None,
            credits: Credits::ZERO,
            earlier: None,
            from_ledger: true,
            end: None,
            in_doubt: Credits::ZERO,
            in_sandbox: false,
        }
    }

    /// An answer that was asked for, or why there is none.
    fn of(sought: FindOutcome, freshness: Freshness, session: &Session) -> Result<Self, Failure> {
        let FindOutcome { earlier, end, receipt, record } = sought;
        let skip_reason = end.as_ref().map_or(SkipReason::Stopped, EndReason::skip_reason);
        let answered = answered(&record);
        let answer = answer_of(record, freshness, session.account, skip_reason);
        let exit = match &end {
            Some(EndReason::KeyRefused { status, message }) => {
                return Err(session.refused_key(*status, message).fact("nothing was paid"));
            }
            Some(EndReason::RequestRefused { status, message }) => {
                return Err(Failure::new(
                    Exit::Failed,
                    format!("Enrow refused the request ({status}: \"{message}\")"),
                )
                .fact("nothing was paid"));
            }
            Some(EndReason::CreditsRanOut | EndReason::BudgetReached) => Exit::Credits,
            Some(EndReason::Interrupted) => Exit::Interrupted,
            Some(EndReason::Terminated) => Exit::Terminated,
            Some(
                EndReason::TimedOut
                | EndReason::Failed
                | EndReason::LimitReached
                | EndReason::AnswersLost,
            )
            | None => exit_of(answer.status),
        };
        let claimed_in_doubt =
            earlier.as_ref().is_some_and(|batch| batch.state == BatchState::Unknown);
        let in_doubt = if claimed_in_doubt {
            receipt.in_doubt.max(lookup::HIGHEST_KNOWN_PRICE)
        } else {
            receipt.in_doubt
        };
        Ok(Self {
            from_ledger: answer.status != RowStatus::Unknown
                && receipt.searches == 0
                && receipt.polls == 0,
            answer,
            answered,
            batch: receipt.batches.last().cloned(),
            credits: receipt.net(),
            earlier,
            exit,
            end,
            in_doubt,
            in_sandbox: session.in_sandbox(),
        })
    }

    /// What an earlier run had reserved for this person alone. A batch of many does not tell what one of them cost.
    fn credits_earlier(&self) -> Credits {
        let alone = self.earlier.as_ref().filter(|batch| batch.searches == 1);
        let held = alone.and_then(|batch| batch.reserved.map(|held| (held, batch.refunded)));
        held.map_or(Credits::ZERO, |(held, back)| held.saturating_sub(back.unwrap_or_default()))
    }

    fn status(&self) -> RowStatus {
        self.answer.status
    }

    fn tell(self, args: &FindArgs, console: &Console) -> Result<Exit, Failure> {
        let number = self.answer.number.as_ref().map(ToString::to_string);
        if args.json {
            stdout::print_json(&FindJson {
                answered: self.answered.map(Moment::rfc3339),
                batch: self.batch.clone(),
                country: self.answer.country.map(|c| c.as_str().to_owned()),
                credits: self.credits,
                credits_earlier: self.credits_earlier(),
                credits_in_doubt: self.in_doubt,
                exit_code: self.exit.code(),
                from_ledger: self.from_ledger,
                note: self.answer.note.to_string(),
                number,
                status: self.answer.status.as_str(),
            })?;
        } else if let Some(number) = number {
            stdout::print(number.as_bytes())?;
        }
        self.explain(console);
        Ok(self.exit)
    }

    /// The details, on stderr.
    fn explain(&self, console: &Console) {
        let RowAnswer { country, note, status, .. } = &self.answer;
        let earlier = self.credits_earlier();
        let paid = if let (true, Some(at)) = (self.from_ledger, self.answered) {
            format!("known since {}, nothing was paid", &at.rfc3339()[..10])
        } else if self.credits > Credits::ZERO {
            format!("{} credits", self.credits)
        } else if earlier > Credits::ZERO {
            format!("{earlier} credits, reserved by an earlier run")
        } else if self.earlier.as_ref().is_some_and(|b| b.searches > 1) {
            "the answer came with a batch of an earlier run".to_owned()
        } else {
            "nothing was paid".to_owned()
        };
        let again = "run the same command again";
        match status {
            RowStatus::Found => {
                let country = country.map_or(String::new(), |c| format!("{}, ", c.as_str()));
                console.info(format!("found: {country}{paid}"));
                if !note.is_empty() {
                    console.info(format!("  {note}"));
                }
            }
            RowStatus::NotFound => console.info(format!("no number was found; {paid}")),
            RowStatus::Invalid => console.warn(format!("not searched for: {note}\n  {paid}")),
            RowStatus::Pending => {
                let why = match self.end {
                    Some(EndReason::TimedOut) => "`--timeout` is over",
                    Some(EndReason::Interrupted | EndReason::Terminated) => "interrupted",
                    Some(_) | None => "no answer yet",
                };
                let where_it_is = note.strip_suffix(": run the same command again");
                let where_it_is = where_it_is.unwrap_or(note);
                if self.in_sandbox {
                    console.warn(format!(
                        "{why}\n  the sandbox ends with the run, and what was submitted to it as well"
                    ));
                } else {
                    console.warn(format!(
                        "{why}: {where_it_is}\nhint: {again}: it collects the answer and asks nobody twice"
                    ));
                }
            }
            RowStatus::NotSubmitted => match self.end {
                Some(EndReason::CreditsRanOut | EndReason::BudgetReached) => console.warn(format!(
                    "the credits do not cover a search; nothing was sent\nhint: add credits and {again}"
                )),
                Some(EndReason::Interrupted | EndReason::Terminated | EndReason::TimedOut) => console.warn("interrupted: nothing was sent"),
                Some(_) | None => console.warn(format!("{note}\nhint: {again}")),
            },
            RowStatus::Failed => console.warn(format!("no usable answer: {note}\nhint: {again}")),
            RowStatus::Unknown if self.in_doubt == Credits::ZERO => console.warn(note),
            RowStatus::Unknown => console.warn(format!(
                "the search may have been taken: its answer was lost\n  \
                 up to {} credits may be reserved; it is not sent again unasked\n\
                 hint: `enrow-phone recover` settles it; to risk paying twice, `enrow-phone recover --resubmit`",
                lookup::HIGHEST_KNOWN_PRICE
            )),
        }
    }
}

fn exit_of(status: RowStatus) -> Exit {
    match status {
        RowStatus::Found => Exit::Done,
        RowStatus::NotFound => Exit::Failed,
        RowStatus::Invalid => Exit::Unusable,
        RowStatus::Pending | RowStatus::NotSubmitted | RowStatus::Failed | RowStatus::Unknown => {
            Exit::Partial
        }
    }
}

fn answered(record: &PersonRecord) -> Option<Moment> {
    match record.recorded {
        Some(StoredAnswer::Answer { answered, .. }) => Some(answered),
        Some(StoredAnswer::Suppressed) | None => None,
    }
}
