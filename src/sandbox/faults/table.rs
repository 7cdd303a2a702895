//! Every fault there is. Parser, help and error messages come from this table: a new fault is a new row.
#![expect(clippy::unnecessary_wraps, reason = "every builder of a row may fail on its value")]

use super::kinds::{
    BatchFault, Change, CreditsUsed, Delay, Event, Faults, Phase, RefundTime, RequestFault,
    ResponseFault, SearchFault, Since, Staleness, Target,
};
use super::results;
use serde_json::{Value, json};
use std::time::Duration;

/// A fault as it is written, and what it does.
#[derive(Debug)]
pub(super) struct FaultInfo {
    /// What is written behind `=`. A value behind `/` stands for any other, and for the one that is left out.
    pub(super) form: &'static str,
    pub(super) meaning: &'static str,
    pub(super) build: fn(&Given<'_>) -> Option<Effect>,
    pub(super) targets: &'static [Target],
}

impl Faults {
    /// Every fault that can be written, by what it happens to, with its meaning.
    pub fn help() -> String {
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
}

/// What is built from a row.
#[derive(Debug)]
pub(super) enum Effect {
    Batch(BatchFault),
    Event(Event),
    Request(RequestFault),
    Search(SearchFault),
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
    build: fn(&Given<'_>) -> Option<Effect>,
    meaning: &'static str,
) -> FaultInfo {
    FaultInfo { form, meaning, build, targets }
}

use BatchFault::{Failed, Hidden, Refund};
use Change::{Body, Bytes, Completed, Each, List};
use Phase::{After, Before, Later};
use ResponseFault::{Close, Garbage, Hang, Html, Redirect, Reset, Stall, Status, Truncate};

#[rustfmt::skip]
pub(super) const TABLE: [FaultInfo; 96] = [
    row(POST, "503", |g| lost(Before, Status(g.status?, None)), "answered with this status; nothing is taken"),
    row(POST, "429/2", |g| lost(Before, Status(g.status?, Some(g.time()?))), "the same, with `Retry-After: 2`"),
    row(POST, "503-after", |g| lost(After, Status(g.status?, None)), "taken, and answered with this status"),
    row(POST, "504-late/3s", |g| lost(Later(g.time()?), Status(g.status?, None)), "answered with this status; taken so much later (with `slow/1s`: answered later)"),
    row(POST, "close", |_| lost(Before, Close), "the connection closes without an answer; nothing is taken"),
    row(POST, "close-after", |_| lost(After, Close), "taken, then the connection closes without an answer"),
    row(POST, "close-late/3s", |g| lost(Later(g.time()?), Close), "the connection closes without an answer; taken so much later"),
    row(POST, "hang", |_| lost(Before, Hang), "never answered; nothing is taken"),
    row(POST, "hang-after", |_| lost(After, Hang), "taken and never answered"),
    row(POST, "hang-late/3s", |g| lost(Later(g.time()?), Hang), "never answered; taken so much later, even if the caller is gone"),
    row(POST, "html/502", |g| lost(Before, Html(g.code()?)), "a proxy's page with this status; nothing is taken"),
    row(POST, "html-after/201", |g| lost(After, Html(g.code()?)), "taken; a proxy's page with this status"),
    row(POST, "limit/1000", |g| request(RequestFault::Limit(g.count()?)), "batches of more searches are refused"),
    row(POST, "redirect/307", |g| lost(Before, Redirect(g.code()?)), "redirected to a path that does not exist; nothing is taken"),
    row(POST, "redirect-after/302", |g| lost(After, Redirect(g.code()?)), "taken, then redirected"),
    row(POST, "reset", |_| lost(Before, Reset), "the connection is reset once all is read; nothing is taken"),
    row(POST, "reset-after", |_| lost(After, Reset), "taken, then the connection is reset"),
    row(POST, "reset-late/3s", |g| lost(Later(g.time()?), Reset), "the connection is reset; taken so much later"),
    row(POST, "taken-late/3s", |g| request(RequestFault::TakenLate(g.time()?)), "taken so much later, even if the caller is gone; then answered"),

    row(GET, "503", |g| lost(Before, Status(g.status?, None)), "answered with this status"),
    row(GET, "429/2", |g| lost(Before, Status(g.status?, Some(g.time()?))), "the same, with `Retry-After: 2`"),
    row(GET, "close", |_| lost(Before, Close), "the connection closes without an answer"),
    row(GET, "hang", |_| lost(Before, Hang), "never answered"),
    row(GET, "html/200", |g| lost(Before, Html(g.code()?)), "a proxy's page with this status"),
    row(GET, "redirect/302", |g| lost(Before, Redirect(g.code()?)), "redirected to a path that does not exist"),
    row(GET, "reset", |_| lost(Before, Reset), "the connection is reset"),

    row(ANY, "clock/-2h", |g| request(RequestFault::Clock(g.shift()?)), "the `Date` header is wrong by so much"),
    row(ANY, "garbage", |_| lost(After, Garbage), "acted upon; the answer is not JSON"),
    row(ANY, "refuse/2s", |g| request(RequestFault::Refused(g.time()?)), "nothing listens for so long, from the request before it"),
    row(ANY, "slow/5s", |g| request(RequestFault::Slow(g.time()?)), "acted upon at once and answered so much later"),
    row(ANY, "spend/400", |g| request(RequestFault::Spend(g.credits()?)), "somebody else spends so many credits just before"),
    row(ANY, "stall", |_| lost(After, Stall(None)), "acted upon; half of the answer comes, then nothing"),
    row(ANY, "stall/20", |g| lost(After, Stall(Some(g.number()?))), "the same, after so many bytes of the body"),
    row(ANY, "truncate", |_| lost(After, Truncate(None)), "acted upon; half of the answer comes, then the connection closes"),
    row(ANY, "truncate/20", |g| lost(After, Truncate(Some(g.number()?))), "the same, after so many bytes of the body"),

    row(ACCOUNT, "credits/-40", |g| request(RequestFault::Balance(g.json()?)), "the balance is this JSON: also `36000.5` or `\"36000\"`"),
    row(ACCOUNT, "stale/60s", |g| stale(g, Staleness::Silent), "the balance is that of so long ago, and nothing tells so"),
    row(ACCOUNT, "stale-age/60s", |g| stale(g, Staleness::Age), "the same, and an `Age` header tells so"),
    row(ACCOUNT, "stale-date/60s", |g| stale(g, Staleness::Date), "the same, and an old `Date` tells so"),

    row(AT, "key/new-key", |g| event(Event::Key(g.text()?)), "this key replaces the account's key, which is refused from then on"),
    row(AT, "price/50", |g| event(Event::Price(g.credits()?)), "a number costs so much in the batches that come"),
    row(AT, "renewal/36000", |g| event(Event::Renewal(g.credits()?)), "the subscription renews: this is the balance"),
    row(AT, "spend/400", |g| event(Event::Spend(g.credits()?)), "somebody else spends so many credits"),
    row(AT, "top-up/4000", |g| event(Event::TopUp(g.credits()?)), "somebody adds so many credits"),

    row(BATCH, "bad-number/3", |g| changed(List(|all, every| results::bare_numbers(all, every)), g.count()?), "every 3rd number comes without its `+`"),
    row(BATCH, "contradicted/3", |g| changed(List(results::contradict), g.count()?), "every 3rd result comes twice, with another number"),
    row(BATCH, "credits-used/half", |g| batch(BatchFault::CreditsUsed(g.credits_used()?)), "`credits_used` is half of `credits.amount`, or this JSON: `0`"),
    row(BATCH, "duplicated/3", |g| changed(List(|all, every| results::repeat(all, every, |_, _| {})), g.count()?), "every 3rd result comes twice"),
    row(BATCH, "echo-bare-company", |_| changed(Each(|result, _| results::without_legal_form(result)), 1), "`params` have the company without its legal form"),
    row(BATCH, "echo-case", |_| changed(Each(|result, _| results::upper_case(result)), 1), "`params` are in capitals"),
    row(BATCH, "echo-slash", |_| changed(Each(|result, _| results::toggle_slash(result)), 1), "`params` lose a profile's last slash, or get one where there was none"),
    row(BATCH, "extra", |_| changed(List(|all, _| results::extra(all)), 1), "there are results for people who were not searched for"),
    row(BATCH, "failed", |_| batch(Failed { refunded: true }), "it ends `failed` and is refunded"),
    row(BATCH, "failed-kept", |_| batch(Failed { refunded: false }), "it ends `failed` and nothing is refunded"),
    row(BATCH, "gone", |_| batch(Hidden(Since::FirstPoll, None)), "its id is known to the first poll only"),
    row(BATCH, "gone/3s", |g| batch(Hidden(Since::FirstPoll, Some(g.delay()?))), "after the first poll its id is unknown for so long, or to `2` polls"),
    row(BATCH, "holes/3", |g| changed(List(results::holes), g.count()?), "every 3rd result is missing"),
    row(BATCH, "index-from-1", |_| changed(List(|all, _| results::renumber(all, |at, _| json!(at + 1))), 1), "`index` counts from 1"),
    row(BATCH, "late/2", |g| batch(Hidden(Since::Acceptance, Some(g.delay()?))), "its id is unknown to the first 2 polls, or for so long: `3s`"),
    row(BATCH, "misnumbered", |_| changed(List(|all, _| results::renumber(all, |at, of| json!((at + 1) % of.max(2)))), 1), "every `index` is that of the next search"),
    row(BATCH, "no-custom", |_| changed(Each(|result, _| results::remove(result, "custom")), 1), "the `custom` of a search does not come back"),
    row(BATCH, "no-index", |_| changed(List(|all, _| all.iter_mut().for_each(|result| results::remove(result, "index"))), 1), "results have no `index`"),
    row(BATCH, "no-nonce", |_| changed(Body(|body| results::remove(&mut body["general"], "custom")), 1), "the `custom` of the batch does not come back"),
    row(BATCH, "no-params", |_| changed(Each(|result, _| results::remove(result, "params")), 1), "results have no `params`"),
    row(BATCH, "no-results", |_| changed(Completed(|body| results::remove(body, "results")), 1), "it is completed but has no `results`"),
    row(BATCH, "odd-bom", |_| changed(Bytes(|bytes| drop(bytes.splice(0..0, *b"\xef\xbb\xbf"))), 1), "answers begin with a byte order mark"),
    row(BATCH, "odd-country/3", |g| changed(Each(|result, _| result["country"] = json!(33)), g.count()?), "every 3rd `country` is a JSON number"),
    row(BATCH, "odd-found/3", |g| changed(Each(|result, _| results::capital(&mut result["qualification"])), g.count()?), "every 3rd `qualification` is in capitals: `Found`"),
    row(BATCH, "odd-id", |_| changed(Body(|body| body["general"]["id"] = json!(7)), 1), "`general.id` is a JSON number"),
    row(BATCH, "odd-keyed", |_| changed(Completed(results::keyed), 1), "`results` is an object with the indexes as keys"),
    row(BATCH, "odd-null/3", |g| changed(List(|all, every| results::nulls(all, every)), g.count()?), "every 3rd result is null"),
    row(BATCH, "odd-number/3", |g| changed(Each(|result, _| results::number_as_json(result)), g.count()?), "every 3rd `number` is a JSON number"),
    row(BATCH, "odd-numbers/3", |g| changed(Each(|result, _| results::list_number(result)), g.count()?), "every 3rd `number` is a list"),
    row(BATCH, "odd-params/3", |g| changed(Each(|result, _| result["params"] = json!([])), g.count()?), "every 3rd `params` is an empty list"),
    row(BATCH, "odd-stats", |_| changed(Body(|body| body["stats"] = json!([])), 1), "`stats` is an empty list"),
    row(BATCH, "odd-status", |_| changed(Completed(|body| results::capital(&mut body["general"]["status"])), 1), "`general.status` is in capitals: `Completed`"),
    row(BATCH, "odd-surrogate/3", |g| changed(Each(|result, _| result["custom"] = json!(results::SURROGATE)), g.count()?), "every 3rd `custom` has half a surrogate pair"),
    row(BATCH, "ongoing", |_| changed(Each(|result, _| results::unfinish(result)), 3), "every 3rd result is `ongoing` for ever though the batch is completed"),
    row(BATCH, "ongoing/2", |g| until(Each(|result, _| results::unfinish(result)), 3, g), "the same, but for 2 polls only, or for so long: `75s`"),
    row(BATCH, "partial/8s", |g| until(Completed(results::partial), 1, g), "half of the results come so long after `completed`, or after `2` polls"),
    row(BATCH, "paygo/400", |g| batch(BatchFault::Paygo(g.credits()?)), "so many of its credits are pay-as-you-go, the others of the subscription"),
    row(BATCH, "price/50", |g| batch(BatchFault::Price(g.credits()?)), "a number costs so much"),
    row(BATCH, "refund-at-once", |_| batch(Refund(RefundTime::AtOnce)), "what it will not spend is back when it is taken"),
    row(BATCH, "refund-early/5s", |g| batch(Refund(RefundTime::Early(g.time()?))), "unspent credits are back so long before `completed`"),
    row(BATCH, "refund-late/75s", |g| batch(Refund(RefundTime::Late(g.time()?))), "unspent credits are back so long after `completed`"),
    row(BATCH, "refund-never", |_| batch(Refund(RefundTime::Never)), "unspent credits never come back"),
    row(BATCH, "results-late/8s", |g| until(Completed(results::empty), 1, g), "results and counts come so long after `completed`, or after `2` polls"),
    row(BATCH, "shuffled", |_| changed(List(|all, _| results::shuffle(all)), 1), "results come in another order"),
    row(BATCH, "strangers/3", |g| changed(Each(results::make_stranger), g.count()?), "every 3rd result is somebody else's, as its `params` show"),
    row(BATCH, "stuck", |_| batch(BatchFault::Stuck), "it never ends"),
    row(BATCH, "swapped", |_| changed(List(|all, _| results::swap(all)), 1), "`params` and `custom` of two neighbours are swapped"),
    row(BATCH, "text-index", |_| changed(List(|all, _| results::text_index(all)), 1), "`index` is a string"),
    row(BATCH, "unknown", |_| batch(Hidden(Since::Acceptance, None)), "its id is never known"),
    row(BATCH, "unqualified/3", |g| changed(Each(results::unqualify), g.count()?), "every 3rd `qualification` is a word nobody knows"),

    row(SEARCH, "poison", |_| search(SearchFault::Named), "batches with this text are refused, naming the search"),
    row(SEARCH, "poison-unnamed", |_| search(SearchFault::Unnamed), "batches with this text are refused, naming no search"),
];

fn batch(fault: BatchFault) -> Option<Effect> {
    Some(Effect::Batch(fault))
}

fn changed(change: Change, every: usize) -> Option<Effect> {
    batch(BatchFault::Changed { change, every, until: None })
}

fn event(event: Event) -> Option<Effect> {
    Some(Effect::Event(event))
}

fn lost(phase: Phase, fault: ResponseFault) -> Option<Effect> {
    request(RequestFault::Lost(phase, fault))
}

fn request(fault: RequestFault) -> Option<Effect> {
    Some(Effect::Request(fault))
}

fn search(fault: SearchFault) -> Option<Effect> {
    Some(Effect::Search(fault))
}

fn stale(given: &Given<'_>, sign: Staleness) -> Option<Effect> {
    request(RequestFault::Stale(given.time()?, sign))
}

fn until(change: Change, every: usize, given: &Given<'_>) -> Option<Effect> {
    batch(BatchFault::Changed { change, every, until: Some(given.delay()?) })
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

/// `300ms`, `5s`, `2m`, or a bare number of seconds.
pub(super) fn time(text: &str) -> Option<Duration> {
    let seconds = text.parse().ok().map(Duration::from_secs);
    seconds.or_else(|| humantime::parse_duration(text).ok())
}
