//! Every fault there is. Parser, help and error messages come from this table: a new fault is a new row.
#![expect(clippy::unnecessary_wraps, reason = "every builder of a row may fail on its value")]

use super::effects::{
    Change, CreditsUsed, Delay, Effects, Event, Phase, RefundTime, ResponseFault, Since, Staleness,
    Target,
};
use super::results;
use super::selector::time;
use serde_json::{Value, json};
use std::time::Duration;

/// A fault as it is written, and what it does.
#[derive(Debug)]
pub(super) struct FaultInfo {
    /// What is written behind `=`. A value behind `/` stands for any other, and for the one that is left out.
    pub(super) form: &'static str,
    pub(super) meaning: &'static str,
    pub(super) apply: fn(&mut Effects, &Given<'_>) -> Option<()>,
    pub(super) targets: &'static [Target],
}

pub(super) fn help() -> String {
    let mut help = "Faults, written TARGET:WHICH=KIND. WHICH counts requests or batches from 1: `3`, `3-5`, `3-`, \
                    `20%` or `*`. The value behind a `/` can be another one.\n"
        .to_owned();
    let mut targets: &[Target] = &[];
    for row in &TABLE {
        if row.targets != targets {
            targets = row.targets;
            help.push('\n');
            let heading = |(target, name): &(Target, &str)| match target {
                Target::At => format!("{name}:TIME= (so long after the start)"),
                Target::Search => format!("{name}:TEXT= (with this text in some field)"),
                Target::Account | Target::Batch | Target::Get | Target::Post => {
                    format!("{name}:WHICH=")
                }
            };
            let of_row = TARGETS.iter().filter(|(target, _)| targets.contains(target));
            help.push_str(&of_row.map(heading).collect::<Vec<_>>().join(" "));
            help.push('\n');
        }
        help.push_str(&format!("  {:<19} {}\n", row.form, row.meaning));
    }
    help
}

/// What was written: the status in the kind, if any, and the value.
pub(super) struct Given<'a> {
    pub(super) status: Option<u16>,
    pub(super) value: &'a str,
}

pub(super) const TARGETS: [(Target, &str); 6] = [
    (Target::Account, "account"),
    (Target::At, "at"),
    (Target::Batch, "batch"),
    (Target::Get, "get"),
    (Target::Post, "post"),
    (Target::Search, "search"),
];

const ACCOUNT: &[Target] = &[Target::Account];
const ANY: &[Target] = &[Target::Account, Target::Get, Target::Post];
const AT: &[Target] = &[Target::At];
const BATCH: &[Target] = &[Target::Batch];
const GET: &[Target] = &[Target::Account, Target::Get];
const POST: &[Target] = &[Target::Post];
const SEARCH: &[Target] = &[Target::Search];

const fn row(
    targets: &'static [Target],
    form: &'static str,
    apply: fn(&mut Effects, &Given<'_>) -> Option<()>,
    meaning: &'static str,
) -> FaultInfo {
    FaultInfo { form, meaning, apply, targets }
}

use Change::{Body, Bytes, Completed, Each, List};
use Phase::{After, Before, Later};
use ResponseFault::{Close, Garbage, Hang, Html, Redirect, Reset, Stall, Status, Truncate};

#[rustfmt::skip]
pub(super) static TABLE: [FaultInfo; 97] = [
    row(POST, "503", |e, g| e.lose(Before, Status(g.status?, None)), "answered with this status; nothing is taken"),
    row(POST, "429/2", |e, g| e.lose(Before, Status(g.status?, Some(g.time()?))), "the same, with `Retry-After: 2`"),
    row(POST, "503-after", |e, g| e.lose(After, Status(g.status?, None)), "taken, and answered with this status"),
    row(POST, "504-late/3s", |e, g| e.lose(Later(g.time()?), Status(g.status?, None)), "answered with this status; taken so much later (with `slow/1s`: answered later)"),
    row(POST, "close", |e, _| e.lose(Before, Close), "the connection closes without an answer; nothing is taken"),
    row(POST, "close-after", |e, _| e.lose(After, Close), "taken, then the connection closes without an answer"),
    row(POST, "close-late/3s", |e, g| e.lose(Later(g.time()?), Close), "the connection closes without an answer; taken so much later"),
    row(POST, "hang", |e, _| e.lose(Before, Hang), "never answered; nothing is taken"),
    row(POST, "hang-after", |e, _| e.lose(After, Hang), "taken and never answered"),
    row(POST, "hang-late/3s", |e, g| e.lose(Later(g.time()?), Hang), "never answered; taken so much later, even if the caller is gone"),
    row(POST, "html/502", |e, g| e.lose(Before, Html(g.code()?)), "a proxy's page with this status; nothing is taken"),
    row(POST, "html-after/201", |e, g| e.lose(After, Html(g.code()?)), "taken; a proxy's page with this status"),
    row(POST, "limit/1000", |e, g| set(&mut e.limit, Some(g.count()?)), "batches of more searches are refused"),
    row(POST, "redirect/307", |e, g| e.lose(Before, Redirect(g.code()?)), "redirected to a path that does not exist; nothing is taken"),
    row(POST, "redirect-after/302", |e, g| e.lose(After, Redirect(g.code()?)), "taken, then redirected"),
    row(POST, "reset", |e, _| e.lose(Before, Reset), "the connection is reset once all is read; nothing is taken"),
    row(POST, "reset-after", |e, _| e.lose(After, Reset), "taken, then the connection is reset"),
    row(POST, "reset-late/3s", |e, g| e.lose(Later(g.time()?), Reset), "the connection is reset; taken so much later"),
    row(POST, "taken-late/3s", |e, g| add(&mut e.taken_late, g.time()?), "taken so much later, even if the caller is gone; then answered"),

    row(GET, "503", |e, g| e.lose(Before, Status(g.status?, None)), "answered with this status"),
    row(GET, "429/2", |e, g| e.lose(Before, Status(g.status?, Some(g.time()?))), "the same, with `Retry-After: 2`"),
    row(GET, "close", |e, _| e.lose(Before, Close), "the connection closes without an answer"),
    row(GET, "hang", |e, _| e.lose(Before, Hang), "never answered"),
    row(GET, "html/200", |e, g| e.lose(Before, Html(g.code()?)), "a proxy's page with this status"),
    row(GET, "redirect/302", |e, g| e.lose(Before, Redirect(g.code()?)), "redirected to a path that does not exist"),
    row(GET, "reset", |e, _| e.lose(Before, Reset), "the connection is reset"),

    row(ANY, "clock/-2h", |e, g| set(&mut e.clock, Some(g.shift()?)), "the `Date` header is wrong by so much"),
    row(ANY, "garbage", |e, _| e.lose(After, Garbage), "acted upon; the answer is not JSON"),
    row(ANY, "refuse/2s", |e, g| first(&mut e.refused, g.time()?), "nothing listens for so long, from the request before it"),
    row(ANY, "slow/5s", |e, g| add(&mut e.slow, g.time()?), "acted upon at once and answered so much later"),
    row(ANY, "spend/400", |e, g| add(&mut e.spend, g.credits()?), "somebody else spends so many credits just before"),
    row(ANY, "stall", |e, _| e.lose(After, Stall(None)), "acted upon; half of the answer comes, then nothing"),
    row(ANY, "stall/20", |e, g| e.lose(After, Stall(Some(g.number()?))), "the same, after so many bytes of the body"),
    row(ANY, "truncate", |e, _| e.lose(After, Truncate(None)), "acted upon; half of the answer comes, then the connection closes"),
    row(ANY, "truncate/20", |e, g| e.lose(After, Truncate(Some(g.number()?))), "the same, after so many bytes of the body"),

    row(ACCOUNT, "credits/-40", |e, g| set(&mut e.balance, Some(g.json()?)), "the balance is this JSON: also `36000.5` or `\"36000\"`"),
    row(ACCOUNT, "stale/60s", |e, g| set(&mut e.stale, Some((g.time()?, Staleness::Silent))), "the balance is that of so long ago, and nothing tells so"),
    row(ACCOUNT, "stale-age/60s", |e, g| set(&mut e.stale, Some((g.time()?, Staleness::Age))), "the same, and an `Age` header tells so"),
    row(ACCOUNT, "stale-date/60s", |e, g| set(&mut e.stale, Some((g.time()?, Staleness::Date))), "the same, and an old `Date` tells so"),

    row(AT, "key/new-key", |e, g| first(&mut e.event, Event::Key(g.text()?)), "this key replaces the account's key, which is refused from then on"),
    row(AT, "price/50", |e, g| first(&mut e.event, Event::Price(g.credits()?)), "a number costs so much in the batches that come"),
    row(AT, "renewal/36000", |e, g| first(&mut e.event, Event::Renewal(g.credits()?)), "the subscription renews: this is the balance"),
    row(AT, "spend/400", |e, g| first(&mut e.event, Event::Spend(g.credits()?)), "somebody else spends so many credits"),
    row(AT, "top-up/4000", |e, g| first(&mut e.event, Event::TopUp(g.credits()?)), "somebody adds so many credits"),

    row(BATCH, "bad-number/3", |e, g| e.change(List(|all, every| results::bare_numbers(all, every)), g.count()?), "every 3rd number comes without its `+`"),
    row(BATCH, "contradicted/3", |e, g| e.change(List(|all, every| results::repeat(all, every, results::impersonate)), g.count()?), "every 3rd result comes twice, with another number"),
    row(BATCH, "credits-used/half", |e, g| first(&mut e.credits_used, g.credits_used()?), "`credits_used` is half of `credits.amount`, or this JSON: `0`"),
    row(BATCH, "duplicated/3", |e, g| e.change(List(|all, every| results::repeat(all, every, |_, _| {})), g.count()?), "every 3rd result comes twice"),
    row(BATCH, "echo-bare-company", |e, _| e.change(Each(|result, _| results::without_legal_form(result)), 1), "`params` have the company without its legal form"),
    row(BATCH, "echo-case", |e, _| e.change(Each(|result, _| results::upper_case(result)), 1), "`params` are in capitals"),
    row(BATCH, "echo-slash", |e, _| e.change(Each(|result, _| results::toggle_slash(result)), 1), "`params` lose a profile's last slash, or get one where there was none"),
    row(BATCH, "extra", |e, _| e.change(List(|all, _| results::extra(all)), 1), "there are results for people who were not searched for"),
    row(BATCH, "failed", |e, _| first(&mut e.failed, true), "it ends `failed` and is refunded"),
    row(BATCH, "failed-kept", |e, _| first(&mut e.failed, false), "it ends `failed` and nothing is refunded"),
    row(BATCH, "gone", |e, _| e.hide(Since::FirstPoll, None), "its id is known to the first poll only"),
    row(BATCH, "gone/3s", |e, g| e.hide(Since::FirstPoll, Some(g.delay()?)), "after the first poll its id is unknown for so long, or to `2` polls"),
    row(BATCH, "holes/3", |e, g| e.change(List(results::holes), g.count()?), "every 3rd result is missing"),
    row(BATCH, "index-from-1", |e, _| e.change(List(|all, _| results::renumber(all, |at, _| json!(at + 1))), 1), "`index` counts from 1"),
    row(BATCH, "late/2", |e, g| e.hide(Since::Acceptance, Some(g.delay()?)), "its id is unknown to the first 2 polls, or for so long: `3s`"),
    row(BATCH, "misnumbered", |e, _| e.change(List(|all, _| results::renumber(all, |at, of| json!((at + 1) % of.max(2)))), 1), "every `index` is that of the next search"),
    row(BATCH, "no-custom", |e, _| e.change(Each(|result, _| results::remove(result, "custom")), 1), "the `custom` of a search does not come back"),
    row(BATCH, "no-index", |e, _| e.change(List(|all, _| all.iter_mut().for_each(|result| results::remove(result, "index"))), 1), "results have no `index`"),
    row(BATCH, "no-nonce", |e, _| e.change(Body(|body| results::remove(&mut body["general"], "custom")), 1), "the `custom` of the batch does not come back"),
    row(BATCH, "no-params", |e, _| e.change(Each(|result, _| results::remove(result, "params")), 1), "results have no `params`"),
    row(BATCH, "no-results", |e, _| e.change(Completed(|body| results::remove(body, "results")), 1), "it is completed but has no `results`"),
    row(BATCH, "numbered-not-found/3", |e, g| e.change(Each(|result, _| result["qualification"] = json!("not_found")), g.count()?), "every 3rd `qualification` is `not_found`, beside a number"),
    row(BATCH, "odd-bom", |e, _| e.change(Bytes(|bytes| drop(bytes.splice(0..0, *b"\xef\xbb\xbf"))), 1), "answers begin with a byte order mark"),
    row(BATCH, "odd-country/3", |e, g| e.change(Each(|result, _| result["country"] = json!(33)), g.count()?), "every 3rd `country` is a JSON number"),
    row(BATCH, "odd-found/3", |e, g| e.change(Each(|result, _| results::capital(&mut result["qualification"])), g.count()?), "every 3rd `qualification` is in capitals: `Found`"),
    row(BATCH, "odd-id", |e, _| e.change(Body(|body| body["general"]["id"] = json!(7)), 1), "`general.id` is a JSON number"),
    row(BATCH, "odd-keyed", |e, _| e.change(Completed(results::keyed), 1), "`results` is an object with the indexes as keys"),
    row(BATCH, "odd-null/3", |e, g| e.change(List(|all, every| results::nulls(all, every)), g.count()?), "every 3rd result is null"),
    row(BATCH, "odd-number/3", |e, g| e.change(Each(|result, _| results::number_as_json(result)), g.count()?), "every 3rd `number` is a JSON number"),
    row(BATCH, "odd-numbers/3", |e, g| e.change(Each(|result, _| results::list_number(result)), g.count()?), "every 3rd `number` is a list"),
    row(BATCH, "odd-params/3", |e, g| e.change(Each(|result, _| result["params"] = json!([])), g.count()?), "every 3rd `params` is an empty list"),
    row(BATCH, "odd-stats", |e, _| e.change(Body(|body| body["stats"] = json!([])), 1), "`stats` is an empty list"),
    row(BATCH, "odd-status", |e, _| e.change(Completed(|body| results::capital(&mut body["general"]["status"])), 1), "`general.status` is in capitals: `Completed`"),
    row(BATCH, "odd-surrogate/3", |e, g| e.change(Each(|result, _| result["custom"] = json!(results::SURROGATE)), g.count()?), "every 3rd `custom` has half a surrogate pair"),
    row(BATCH, "ongoing", |e, _| e.change(Each(|result, _| results::unfinish(result)), 3), "every 3rd result is `ongoing` for ever though the batch is completed"),
    row(BATCH, "ongoing/2", |e, g| e.change_until(Each(|result, _| results::unfinish(result)), 3, g.delay()?), "the same, but for 2 polls only, or for so long: `75s`"),
    row(BATCH, "partial/8s", |e, g| e.change_until(Completed(|body| results::keep(body, 50)), 1, g.delay()?), "half of the results come so long after `completed`, or after `2` polls"),
    row(BATCH, "paygo/400", |e, g| first(&mut e.paygo, g.credits()?), "so many of its credits are pay-as-you-go, the others of the subscription"),
    row(BATCH, "price/50", |e, g| first(&mut e.price, g.credits()?), "a number costs so much"),
    row(BATCH, "refund-at-once", |e, _| first(&mut e.refund, RefundTime::AtOnce), "what it will not spend is back when it is taken"),
    row(BATCH, "refund-early/5s", |e, g| first(&mut e.refund, RefundTime::Early(g.time()?)), "unspent credits are back so long before `completed`"),
    row(BATCH, "refund-late/75s", |e, g| first(&mut e.refund, RefundTime::Late(g.time()?)), "unspent credits are back so long after `completed`"),
    row(BATCH, "refund-never", |e, _| first(&mut e.refund, RefundTime::Never), "unspent credits never come back"),
    row(BATCH, "results-late/8s", |e, g| e.change_until(Completed(|body| results::keep(body, 0)), 1, g.delay()?), "results and counts come so long after `completed`, or after `2` polls"),
    row(BATCH, "shuffled", |e, _| e.change(List(|all, _| results::shuffle(all)), 1), "results come in another order"),
    row(BATCH, "strangers/3", |e, g| e.change(Each(results::make_stranger), g.count()?), "every 3rd result is somebody else's, as its `params` show"),
    row(BATCH, "stuck", |e, _| set(&mut e.stuck, true), "it never ends"),
    row(BATCH, "swapped", |e, _| e.change(List(|all, _| results::swap(all)), 1), "`params` and `custom` of two neighbours are swapped"),
    row(BATCH, "text-index", |e, _| e.change(List(|all, _| results::text_index(all)), 1), "`index` is a string"),
    row(BATCH, "unknown", |e, _| e.hide(Since::Acceptance, None), "its id is never known"),
    row(BATCH, "unqualified/3", |e, g| e.change(Each(results::unqualify), g.count()?), "every 3rd `qualification` is a word nobody knows"),

    row(SEARCH, "poison", |e, _| set(&mut e.names_poison, true), "batches with this text are refused, naming the search"),
    row(SEARCH, "poison-unnamed", |e, _| set(&mut e.names_poison, false), "batches with this text are refused, naming no search"),
];

impl Effects {
    fn change(&mut self, change: Change, every: usize) -> Option<()> {
        self.changes.push((change, every, None));
        Some(())
    }

    fn change_until(&mut self, change: Change, every: usize, end: Delay) -> Option<()> {
        self.changes.push((change, every, Some(end)));
        Some(())
    }

    fn hide(&mut self, since: Since, delay: Option<Delay>) -> Option<()> {
        self.hidden.push((since, delay));
        Some(())
    }

    fn lose(&mut self, phase: Phase, fault: ResponseFault) -> Option<()> {
        first(&mut self.lost, (phase, fault))
    }
}

fn first<T>(slot: &mut Option<T>, value: T) -> Option<()> {
    slot.get_or_insert(value);
    Some(())
}

fn set<T>(slot: &mut T, value: T) -> Option<()> {
    *slot = value;
    Some(())
}

fn add<T: std::ops::AddAssign>(slot: &mut T, value: T) -> Option<()> {
    *slot += value;
    Some(())
}

impl Given<'_> {
    fn code(&self) -> Option<u16> {
        self.value.parse().ok().filter(|status| (200..600).contains(status))
    }

    fn count(&self) -> Option<usize> {
        self.number().filter(|number| *number > 0)
    }

    fn credits(&self) -> Option<u64> {
        self.value.parse().ok()
    }

    fn credits_used(&self) -> Option<CreditsUsed> {
        match self.value {
            "half" => Some(CreditsUsed::Half),
            _ => self.json().map(CreditsUsed::Json),
        }
    }

    fn delay(&self) -> Option<Delay> {
        self.number().map(Delay::Polls).or_else(|| time(self.value).map(Delay::For))
    }

    fn json(&self) -> Option<Value> {
        serde_json::from_str(self.value).ok()
    }

    fn number(&self) -> Option<usize> {
        self.value.parse().ok()
    }

    /// Seconds forwards or backwards.
    fn shift(&self) -> Option<i64> {
        let seconds = |text| i64::try_from(time(text)?.as_secs()).ok();
        match self.value.strip_prefix('-') {
            Some(text) => seconds(text).map(|seconds| -seconds),
            None => seconds(self.value.trim_start_matches('+')),
        }
    }

    fn text(&self) -> Option<String> {
        (!self.value.is_empty()).then(|| self.value.to_owned())
    }

    fn time(&self) -> Option<Duration> {
        time(self.value)
    }
}
