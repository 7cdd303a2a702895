//! Every fault there is. Parser, help and error messages come from this table: a new fault is a new row.

use super::edits::{self, Edit};
use super::effects::{Delay, Effects, End, Event, Phase, Sent, Target};
use super::selector::time;
use serde_json::{Value, json};
use std::num::NonZeroUsize;
use std::str::FromStr;
use std::time::Duration;

/// A fault as text, and its effects.
#[derive(Debug)]
pub(super) struct FaultInfo {
    pub(super) does: Does,
    /// What is written behind `=`. A value behind `/` stands for any other, and for the one that is left out.
    pub(super) form: &'static str,
    pub(super) meaning: &'static str,
    pub(super) targets: &'static [Target],
}

/// What was written: the status in the kind, if any, and the value.
pub(super) struct Given<'a> {
    pub(super) status: Option<u16>,
    pub(super) value: &'a str,
}

#[derive(Debug)]
pub(super) enum Does {
    /// The value, where it takes one, picks every so-manyth result.
    Edit(Edit),
    /// Unless it is said otherwise, acted upon then.
    Lose(Phase, End, fn(&Given<'_>) -> Option<Sent>),
    Set(fn(&mut Effects, &Given<'_>) -> Option<()>),
}

pub(super) const TARGETS: [(Target, &str); 6] = [
    (Target::Account, "account"),
    (Target::At, "at"),
    (Target::Batch, "batch"),
    (Target::Get, "get"),
    (Target::Post, "post"),
    (Target::Search, "search"),
];

pub(super) fn help() -> String {
    let mut help = "Faults, written TARGET:WHICH=KIND. WHICH counts requests or batches from 1: `3`, `3-5`, `3-`, \
                    `20%` or `*`. The value behind a `/` can be another one.\n"
        .to_owned();
    let mut targets: &[Target] = &[];
    for row in TABLE {
        if row.targets != targets {
            targets = row.targets;
            let heading = |(target, name): &(Target, &str)| match target {
                Target::At => format!("{name}:TIME= (so long after the start)"),
                Target::Search => format!("{name}:TEXT= (with this text in some field)"),
                _ => format!("{name}:WHICH="),
            };
            let of_row = TARGETS.iter().filter(|(target, _)| targets.contains(target));
            help.push_str(&format!("\n{}\n", of_row.map(heading).collect::<Vec<_>>().join(" ")));
        }
        help.push_str(&format!("  {:<19} {}\n", row.form, row.meaning));
    }
    help + "\nOf a `post` that loses its answer nothing is taken, unless it says so. Two more forms of each do: \
            `reset-after`, the batch is taken; `reset-late/3s`, it is taken so much later, even if the caller is gone.\n"
}

use Does::{Edit as Change, Lose, Set};
use Edit::{Body, Each, List};
use End::{Close, Hang, Keep, Reset};
use Phase::{After, Before};

const ACCOUNT: &[Target] = &[Target::Account];
const ANY: &[Target] = &[Target::Account, Target::Get, Target::Post];
const AT: &[Target] = &[Target::At];
const BATCH: &[Target] = &[Target::Batch];
const POST: &[Target] = &[Target::Post];
const SEARCH: &[Target] = &[Target::Search];

const fn row(
    targets: &'static [Target],
    form: &'static str,
    does: Does,
    meaning: &'static str,
) -> FaultInfo {
    FaultInfo { does, form, meaning, targets }
}

#[rustfmt::skip]
pub(super) static TABLE: &[FaultInfo] = &[
    row(ANY, "503", Lose(Before, Keep, |g| Some(Sent::Status(g.status?, None))), "answered with this status"),
    row(ANY, "429/2", Lose(Before, Keep, |g| Some(Sent::Status(g.status?, Some(g.time()?)))), "the same, with `Retry-After: 2`"),
    row(ANY, "close", Lose(Before, Close, |_| Some(Sent::Nothing)), "the connection closes without an answer"),
    row(ANY, "garbage", Lose(After, Keep, |_| Some(Sent::Garbage)), "acted upon; the answer is not JSON"),
    row(ANY, "hang", Lose(Before, Hang, |_| Some(Sent::Nothing)), "never answered"),
    row(ANY, "html/502", Lose(Before, Keep, |g| Some(Sent::Html(g.code()?))), "a proxy's page with this status"),
    row(ANY, "redirect/307", Lose(Before, Keep, |g| Some(Sent::Redirect(g.code()?))), "redirected to a path that does not exist"),
    row(ANY, "reset", Lose(Before, Reset, |_| Some(Sent::Nothing)), "the connection is reset once all is read"),
    row(ANY, "stall/half", Lose(After, Hang, part), "acted upon; half of the answer comes, or `20` bytes of it, then nothing"),
    row(ANY, "truncate/half", Lose(After, Close, part), "the same, then the connection closes"),

    row(ANY, "clock/-2h", Set(|e, g| set(&mut e.clock, g.shift()?)), "the `Date` header is wrong by so much"),
    row(ANY, "refuse/2s", Set(|e, g| set(&mut e.refused, Some(g.time()?))), "nothing listens for so long, from the request before it"),
    row(ANY, "slow/5s", Set(|e, g| set(&mut e.slow, g.time()?)), "acted upon at once and answered so much later"),
    row(ANY, "spend/400", Set(|e, g| set(&mut e.spend, g.parse()?)), "somebody else spends so many credits just before"),

    row(POST, "limit/1000", Set(|e, g| set(&mut e.limit, Some(g.count()?))), "batches of more searches are refused"),
    row(POST, "taken-late/3s", Set(|e, g| set(&mut e.taken_late, g.time()?)), "taken so much later, even if the caller is gone; then answered"),

    row(ACCOUNT, "credits/-40", Set(|e, g| set(&mut e.balance, Some(g.parse()?))), "the balance is this JSON: also `36000.5` or `\"36000\"`"),
    row(ACCOUNT, "stale/60s", Set(|e, g| set(&mut e.stale, g.time()?)), "the balance is that of so long ago, and nothing tells so"),
    row(ACCOUNT, "stale-age/60s", Set(|e, g| set(&mut e.stale, g.time()?).and(set(&mut e.age, Some(g.time()?)))), "the same, and an `Age` header tells so"),
    row(ACCOUNT, "stale-date/60s", Set(|e, g| set(&mut e.stale, g.time()?).and(set(&mut e.clock, -g.shift()?))), "the same, and an old `Date` tells so"),

    row(AT, "key/new-key", Set(|e, g| set(&mut e.event, Some(Event::Key(g.text()?)))), "this key replaces the account's key, which is refused from then on"),
    row(AT, "price/50", Set(|e, g| set(&mut e.event, Some(Event::Price(g.parse()?)))), "a number costs so much in the batches that come"),
    row(AT, "renewal/36000", Set(|e, g| set(&mut e.event, Some(Event::Renewal(g.parse()?)))), "the subscription renews: this is the balance"),
    row(AT, "spend/400", Set(|e, g| set(&mut e.event, Some(Event::Spend(g.parse()?)))), "somebody else spends so many credits"),
    row(AT, "top-up/4000", Set(|e, g| set(&mut e.event, Some(Event::TopUp(g.parse()?)))), "somebody adds so many credits"),

    row(BATCH, "bad-number/3", Change(Each(|result, _| edits::number(result, |digits| json!(digits)))), "every 3rd number comes without its `+`"),
    row(BATCH, "contradicted/3", Change(List(|all, every| edits::repeat(all, every, edits::impersonate))), "every 3rd result comes twice, with another number"),
    row(BATCH, "credits-used/half", Set(|e, g| set(&mut e.credits_used, Some(g.credits_used()?))), "`credits_used` is half of `credits.amount`, or this JSON: `0`"),
    row(BATCH, "duplicated/3", Change(List(|all, every| edits::repeat(all, every, |_, _| {}))), "every 3rd result comes twice"),
    row(BATCH, "echo-bare-company", Change(Each(|result, _| edits::without_legal_form(result))), "`params` have the company without its legal form"),
    row(BATCH, "echo-case", Change(Each(|result, _| edits::upper_case(result))), "`params` are in capitals"),
    row(BATCH, "echo-slash", Change(Each(|result, _| edits::toggle_slash(result))), "`params` lose a profile's last slash, or get one where there was none"),
    row(BATCH, "extra", Change(List(|all, _| edits::extra(all))), "there are results for people who were not searched for"),
    row(BATCH, "failed", Set(|e, _| set(&mut e.failed, Some(true))), "it ends `failed` and is refunded"),
    row(BATCH, "failed-kept", Set(|e, _| set(&mut e.failed, Some(false))), "it ends `failed` and nothing is refunded"),
    row(BATCH, "gone/ever", Set(|e, g| set(&mut e.gone, Some(g.delay()?))), "its id is unknown after the first poll: for `ever`, for `3s` or to `2` polls"),
    row(BATCH, "holes/3", Change(List(edits::holes)), "every 3rd result is missing"),
    row(BATCH, "index-from-1", Change(Each(|result, at| result["index"] = json!(at + 1))), "`index` counts from 1"),
    row(BATCH, "late/2", Set(|e, g| set(&mut e.late, Some(g.delay()?))), "its id is unknown at first: to `2` polls, for `3s` or for `ever`"),
    row(BATCH, "misnumbered", Change(List(|all, _| edits::misnumber(all))), "every `index` is that of the next search"),
    row(BATCH, "no-custom", Change(Each(|result, _| edits::remove(result, "custom"))), "the `custom` of a search does not come back"),
    row(BATCH, "no-index", Change(Each(|result, _| edits::remove(result, "index"))), "results have no `index`"),
    row(BATCH, "no-nonce", Change(Body(|body| edits::remove(&mut body["general"], "custom"))), "the `custom` of the batch does not come back"),
    row(BATCH, "no-params", Change(Each(|result, _| edits::remove(result, "params"))), "results have no `params`"),
    row(BATCH, "no-results", Change(Body(|body| edits::remove(body, "results"))), "it is completed but has no `results`"),
    row(BATCH, "numbered-not-found/3", Change(Each(|result, _| result["qualification"] = json!("not_found"))), "every 3rd `qualification` is `not_found`, beside a number"),
    row(BATCH, "odd-bom", Set(|e, _| set(&mut e.prefix, "\u{feff}")), "answers begin with a byte order mark"),
    row(BATCH, "odd-country/3", Change(Each(|result, _| result["country"] = json!(33))), "every 3rd `country` is a JSON number"),
    row(BATCH, "odd-found/3", Change(Each(|result, _| edits::capital(&mut result["qualification"]))), "every 3rd `qualification` is in capitals: `Found`"),
    row(BATCH, "odd-id", Change(Body(|body| body["general"]["id"] = json!(7))), "`general.id` is a JSON number"),
    row(BATCH, "odd-keyed", Change(Body(edits::keyed)), "`results` is an object with the indexes as keys"),
    row(BATCH, "odd-null/3", Change(Each(|result, _| *result = Value::Null)), "every 3rd result is null"),
    row(BATCH, "odd-number/3", Change(Each(|result, _| edits::number(result, |digits| json!(digits.parse::<u64>().ok())))), "every 3rd `number` is a JSON number"),
    row(BATCH, "odd-numbers/3", Change(Each(|result, _| edits::number(result, |digits| json!([format!("+{digits}")])))), "every 3rd `number` is a list"),
    row(BATCH, "odd-params/3", Change(Each(|result, _| result["params"] = json!([]))), "every 3rd `params` is an empty list"),
    row(BATCH, "odd-stats", Change(Body(|body| body["stats"] = json!([]))), "`stats` is an empty list"),
    row(BATCH, "odd-status", Change(Body(|body| edits::capital(&mut body["general"]["status"]))), "`general.status` is in capitals: `Completed`"),
    row(BATCH, "odd-surrogate/3", Change(Each(|result, _| result["custom"] = json!(edits::SURROGATE))), "every 3rd `custom` has half a surrogate pair"),
    row(BATCH, "ongoing/ever", Set(|e, g| g.delay().map(|until| e.edits.push((Each(|result, _| edits::unfinish(result)), 3, until)))), "every 3rd result is `ongoing` in a completed batch: for `ever`, for `75s` or to `2` polls"),
    row(BATCH, "partial/8s", Set(|e, g| set(&mut e.share, Some((50, g.delay()?)))), "half of the results come so long after `completed`, or after `2` polls"),
    row(BATCH, "paygo/400", Set(|e, g| set(&mut e.paygo, g.parse()?)), "so many of its credits are pay-as-you-go, the others of the subscription"),
    row(BATCH, "price/50", Set(|e, g| set(&mut e.price, Some(g.parse()?))), "a number costs so much"),
    row(BATCH, "refund-early/5s", Set(|e, g| set(&mut e.refund_early, g.time()?)), "unspent credits are back so long before `completed`"),
    row(BATCH, "refund-late/75s", Set(|e, g| set(&mut e.refund_late, g.time()?)), "unspent credits are back so long after `completed`"),
    row(BATCH, "refund-never", Set(|e, _| set(&mut e.refund_never, true)), "unspent credits never come back"),
    row(BATCH, "results-late/8s", Set(|e, g| set(&mut e.share, Some((0, g.delay()?)))), "results and counts come so long after `completed`, or after `2` polls"),
    row(BATCH, "shuffled", Change(List(|all, _| edits::shuffle(all))), "results come in another order"),
    row(BATCH, "strangers/3", Change(Each(edits::make_stranger)), "every 3rd result is somebody else's, as its `params` show"),
    row(BATCH, "stuck", Set(|e, _| set(&mut e.stuck, true)), "it never ends"),
    row(BATCH, "text-index", Change(Body(edits::text_index)), "`index` is a string"),
    row(BATCH, "unknown", Set(|e, _| set(&mut e.late, Some(Delay::Ever))), "its id is never known"),
    row(BATCH, "unqualified/3", Change(Each(edits::unqualify)), "every 3rd `qualification` is a word nobody knows"),

    row(SEARCH, "poison", Set(|e, _| set(&mut e.names_search, true)), "batches with this text are refused, naming the search"),
    row(SEARCH, "poison-unnamed", Set(|e, _| set(&mut e.names_search, false)), "batches with this text are refused, naming no search"),
];

#[expect(clippy::unnecessary_wraps, reason = "a row may fail on its value before it sets anything")]
fn set<T>(slot: &mut T, value: T) -> Option<()> {
    *slot = value;
    Some(())
}

fn part(given: &Given<'_>) -> Option<Sent> {
    if given.value == "half" { Some(Sent::Half) } else { given.parse().map(Sent::Part) }
}

impl Given<'_> {
    fn code(&self) -> Option<u16> {
        self.parse().filter(|status| (200..600).contains(status))
    }

    pub(super) fn count(&self) -> Option<usize> {
        self.parse().map(NonZeroUsize::get)
    }

    fn credits_used(&self) -> Option<Value> {
        if self.value == "half" { Some(json!("half")) } else { self.parse() }
    }

    fn delay(&self) -> Option<Delay> {
        match self.value {
            "ever" => Some(Delay::Ever),
            _ => self.parse().map(Delay::Polls).or_else(|| self.time().map(Delay::For)),
        }
    }

    fn parse<T: FromStr>(&self) -> Option<T> {
        self.value.parse().ok()
    }

    /// Seconds forwards or backwards.
    fn shift(&self) -> Option<i64> {
        let (sign, text) = self.value.strip_prefix('-').map_or((1, self.value), |text| (-1, text));
        Some(sign * i64::try_from(time(text)?.as_secs()).ok()?)
    }

    fn text(&self) -> Option<String> {
        self.parse().filter(|text: &String| !text.is_empty())
    }

    fn time(&self) -> Option<Duration> {
        time(self.value)
    }
}
