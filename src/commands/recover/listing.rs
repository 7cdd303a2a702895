//! What is unclear, in words.

use crate::batch::BatchId;
use crate::ledger::{BalanceReading, BatchState, Doubt, UnprovenNumber};
use crate::lookup::{NotAccepted, Recovered, Unclear};
use crate::people::PhoneNumber;
use crate::text::sanitize;
use crate::ui::estimate::USUAL_PRICE;
use crate::ui::message::{Message, counted, message, people};
use crate::ui::notice::experiment_end;
use crate::units::{Credits, Moment};
use std::time::Duration;

/// The balance, and what it would be if none of the unclear batches was taken.
pub(super) struct Balance {
    pub(super) now: Credits,
    pub(super) expected: Option<i64>,
}

pub(super) fn is_lost(unclear: &Unclear) -> bool {
    unclear.batch.state == BatchState::Unknown
}

/// One unclear batch: what happened, what it may have cost, what is known, and the commands that settle it.
pub(super) fn describe(unclear: &Unclear) -> Message {
    let batch = &unclear.batch;
    let who = people(unclear.people.len());
    let handle = unclear.handle();
    let mut lines = vec![message!(
        "{handle}: {what}, since {since} ({age} ago)";
        handle,
        what = match (is_lost(unclear), unclear.numbers.is_empty()) {
            (true, _) => "the answer to this batch was lost",
            (false, false) => "numbers came that are not proven",
            (false, true) => "paid, or perhaps paid, without a usable answer",
        },
        since = Message::foreign(unclear.since().rfc3339()),
        age = age(unclear.since()),
    )];
    let list = batch.label.as_ref().map_or_else(
        || {
            if batch.single {
                "one person, searched by `find`; ".into()
            } else {
                Message::default()
            }
        },
        |label| message!("list `{}`; ", sanitize(label)),
    );
    let before = batch.balance_before.filter(|_| is_lost(unclear));
    let before = before.map_or(Message::default(), |b| message!(", balance before it {}", b));
    let key = batch.account;
    lines.push(message!(
        "  {list}sent {sent} with API key {key}; {who}, up to {credits} credits{before}";
        list, sent = Message::foreign(batch.claimed.rfc3339()), key, who, credits = unclear.credits(), before
    ));
    if is_lost(unclear) {
        lines.extend(describe_readings(unclear));
    }
    lines.extend(
        unclear
            .numbers
            .iter()
            .map(|number| message!("  {}: {}", shown(number), doubt(number.doubt))),
    );
    if unclear.resubmitted.people > 0 {
        let times = counted(unclear.resubmitted.times, "time", "times");
        let again = people(unclear.resubmitted.people);
        lines.push(message!("  {} of these asked for again before, {} in all", again, times));
    }
    lines.extend(
        commands(unclear)
            .into_iter()
            .map(|(why, command)| message!("  {}: `{}`", why, Message::foreign(command))),
    );
    Message::lines_of(lines)
}

/// The commands that settle it, the safest first, each with what it does.
pub(super) fn commands(unclear: &Unclear) -> Vec<(&'static str, String)> {
    let handle = unclear.handle();
    let command = |rest: &str| format!("enrow-phone recover {rest}");
    let mut commands = Vec::new();
    if is_lost(unclear) {
        let why = "if the Enrow dashboard shows its id, collect it for nothing";
        commands.push((why, command("BATCH_ID")));
    } else {
        commands.push(("read it again for nothing", command(handle.as_str())));
    }
    if unclear.has_takeable() {
        let why = "take the numbers that `phone_note` in your file shows with the right people";
        commands.push((why, command(&format!("{handle} --accept"))));
    } else if unclear
        .numbers
        .iter()
        .any(|number| number.person.is_some() && PhoneNumber::parse(&number.number).is_some())
    {
        let why = "take one number, if you know that it is the person's beside whom `phone_note` shows it";
        commands.push((why, command(&format!("{handle} --accept=NUMBER"))));
    }
    let why = "search again, and perhaps pay twice";
    commands.push((why, command(&format!("{handle} --resubmit"))));
    commands
}

/// The question before people are asked for again: how many, how often before, and what it costs.
pub(super) fn question(unclear: &[Unclear], unread: &[BatchId], credits: Credits) -> Message {
    let sum = |count: fn(&Unclear) -> usize| unclear.iter().map(count).sum::<usize>();
    let mut question = message!(
        "search for {} again? Up to {} credits may be paid a second time",
        people(sum(|unclear| unclear.people.len())),
        credits
    );
    let again = sum(|unclear| unclear.resubmitted.people);
    if again > 0 {
        let times = counted(sum(|unclear| unclear.resubmitted.times), "time", "times");
        question.push(message!("; {} asked for again before, {} in all", people(again), times));
    }
    let numbers = sum(|unclear| unclear.numbers.len());
    if numbers > 0 {
        let numbers = counted(numbers, "number waits", "numbers wait");
        question.push(message!("; {} that `--accept` takes for nothing", numbers));
    }
    for id in unread {
        question.push(message!("; batch {} could not be read now", id));
    }
    question
}

/// The balances that the run read after it lost the answer, for the person who decides.
fn describe_readings(unclear: &Unclear) -> Vec<Message> {
    let batch = &unclear.batch;
    let before = batch.balance_before.map(|balance| i64::try_from(balance.0).unwrap_or(i64::MAX));
    let mut lines = Vec::new();
    let mut shown = None;
    let readings: &[BalanceReading] = &unclear.readings;
    for (index, reading) in readings.iter().enumerate() {
        // A balance that does not change is shown when it was read first and last.
        if shown == Some(reading.balance) && index + 1 < readings.len() {
            continue;
        }
        shown = Some(reading.balance);
        lines.push(message!(
            "  {at}: balance {balance}{change}";
            at = Message::foreign(reading.at.rfc3339()),
            balance = signed(reading.balance),
            change = match before.map(|before| reading.balance.saturating_sub(before)) {
                Some(0) => ", as before".into(),
                Some(change @ 1..) => message!(", +{} since it was sent", signed(change)),
                Some(change) => message!(", {} since it was sent", signed(change)),
                None => Message::default(),
            },
        ));
    }
    lines.push(match batch.experiment {
        Some(end) => message!("  the balance proves nothing: {}", experiment_end(end)),
        None => "  the run that sent it ended before the balance could prove anything".into(),
    });
    lines
}

/// What the balance says about the batches whose answers were lost.
pub(super) fn compare(balance: &Balance, lost: &[&Unclear]) -> Message {
    let Some(expected) = balance.expected else {
        return message!(
            "balance {}; the ledger does not know what it would be without the lost batches",
            balance.now
        );
    };
    let difference = i64::try_from(balance.now.0).unwrap_or(i64::MAX).saturating_sub(expected);
    let people: usize = lost.iter().map(|unclear| unclear.batch.searches).sum();
    // Until the account's own price is learned, either documented price explains the difference.
    let prices = lost.iter().map(|unclear| unclear.price).chain([USUAL_PRICE]);
    let is_held = prices
        .map(|price| i64::try_from(price.saturating_mul(people).0).ok())
        .any(|held| held == difference.checked_neg());
    let says = if is_held {
        "exactly what they reserve: Enrow took them"
    } else {
        "which proves nothing: others used the account, or the batches are finished"
    };
    message!(
        "balance {balance}; without the lost batches it would be {expected}: {difference}, {says}";
        balance = balance.now,
        expected = signed(expected),
        difference = signed(difference),
        says,
    )
}

/// What a batch had when it was read by its id.
pub(super) fn recovered(id: &BatchId, recovered: Recovered) -> Message {
    match recovered {
        Recovered::Recorded { people: answered, found } => {
            let (answered, found) = (people(answered), counted(found, "number", "numbers"));
            message!(
                "batch {id} is recovered: {answered} answered, {found} found\n\
                 hint: run the `bulk` command again: it writes the answers, which cost nothing more";
                id, answered, found
            )
        }
        Recovered::Running { people: number } => message!(
            "batch {} is ours ({}), but it is not finished yet\n\
             hint: run the `bulk` command again: it collects the answers",
            id,
            people(number)
        ),
        Recovered::Partly { people: all, found, open } => {
            let (all, open) = (people(all), people(open));
            let found = counted(found, "number", "numbers");
            message!(
                "batch {id} is done ({all}): {found} found, {open} without an answer yet\n\
                 hint: run the `bulk` command again: it looks for the missing answers";
                id, all, found, open
            )
        }
    }
}

/// A number that was not accepted.
pub(super) fn not_taken(number: &UnprovenNumber, why: NotAccepted) -> Message {
    message!("{} is not taken: {}", shown(number), reason(why))
}

pub(super) fn reason(why: NotAccepted) -> &'static str {
    match why {
        NotAccepted::NotInternational => "it is not in international form",
        NotAccepted::MustBeNamed => {
            "something says that it is somebody else's; if you know better, `--accept=NUMBER`"
        }
        NotAccepted::Nobody => "it points to nobody in the batch",
        NotAccepted::NotNamed => "it was not named",
        NotAccepted::OfAnother => "it came for somebody else in the batch as well",
        NotAccepted::OneOfSeveral => {
            "another number came for the same person; choose one with `--accept=NUMBER`"
        }
    }
}

pub(super) fn doubt(doubt: Doubt) -> &'static str {
    match doubt {
        Doubt::Contradicted => "two results for one search contradict each other",
        Doubt::IndexDisagrees => "the index of the result points to another search",
        Doubt::NamesSomebodyElse => "the result names somebody else",
        Doubt::Nobody => "the result points to nobody in the batch",
        Doubt::NotCalledFound => "the result does not call it found",
        Doubt::NotInternational => "it is not in international form",
        Doubt::OnlyIndex => "nothing but the index of the result says whose it is",
    }
}

fn shown(number: &UnprovenNumber) -> Message {
    if number.number.is_empty() {
        return "what came is no number".into();
    }
    sanitize(&number.number).into()
}

fn age(since: Moment) -> Message {
    let age = Duration::from_secs(Moment::now().since(since).as_secs());
    Message::foreign(humantime::format_duration(age))
}

fn signed(credits: i64) -> Message {
    let sign = if credits < 0 { "-" } else { "" };
    message!("{}{}", sign, Credits(credits.unsigned_abs()))
}
