//! Faults as text: `TARGET[:WHICH]=KIND[/VALUE]`.

use super::{
    BatchFault, Delay, Fault, Faults, NotAFault, Phase, RequestFault, ResponseFault, SearchFault,
    Selector,
};
use axum::http::StatusCode;
use std::str::FromStr;
use std::time::Duration;

impl FromStr for Faults {
    type Err = NotAFault;

    /// Reads faults that are separated by commas.
    fn from_str(text: &str) -> Result<Self, NotAFault> {
        let faults = text.split(',').filter(|fault| !fault.trim().is_empty());
        faults.map(Fault::from_str).collect()
    }
}

impl FromStr for Fault {
    type Err = NotAFault;

    /// Reads one fault: `post:2=reset-after`, `get:3-5=503`, `batch=shuffled`, `search:smith=poison`.
    fn from_str(text: &str) -> Result<Self, NotAFault> {
        let (place, what) =
            text.trim().rsplit_once('=').ok_or_else(|| NotAFault::NoKind(text.to_owned()))?;
        let (target, selector) = match place.split_once(':') {
            Some((target, selector)) => (target, Some(selector)),
            None => (place, None),
        };
        let numbers = || selector.map_or(Ok(Selector::All), Selector::from_str);
        match target {
            "account" => Ok(Self::Account(numbers()?, mishap("account", what)?)),
            "batch" | "results" => Ok(Self::Batch(numbers()?, batch_fault(what)?)),
            "get" => Ok(Self::Get(numbers()?, mishap("get", what)?)),
            "post" => match what.split_once('/') {
                Some(("limit", limit)) => Ok(Self::Limit(numbers()?, count("limit", Some(limit))?)),
                _ => Ok(Self::Post(numbers()?, mishap("post", what)?)),
            },
            "search" => {
                let text = selector.filter(|text| !text.is_empty());
                Ok(Self::Search(text.ok_or(NotAFault::NoText)?.into(), poison(what)?))
            }
            _ => Err(NotAFault::Target(target.to_owned())),
        }
    }
}

impl FromStr for Selector {
    type Err = NotAFault;

    fn from_str(text: &str) -> Result<Self, NotAFault> {
        let wrong = || NotAFault::Selector(text.to_owned());
        let number = |text: &str| match text.parse() {
            Ok(number) if number > 0 => Ok(number),
            _ => Err(wrong()),
        };
        if text == "*" {
            return Ok(Self::All);
        }
        if let Some(percent) = text.strip_suffix('%') {
            let percent = percent.parse().ok().filter(|percent| *percent <= 100);
            return percent.map(Self::Percent).ok_or_else(wrong);
        }
        match text.split_once('-') {
            None => number(text).map(Self::only),
            Some((from, "")) => number(from).map(Self::since),
            Some((from, to)) => {
                let (from, to) = (number(from)?, number(to)?);
                if from > to { Err(wrong()) } else { Ok(Self::Between { from, to }) }
            }
        }
    }
}

fn mishap(target: &'static str, text: &str) -> Result<RequestFault, NotAFault> {
    let (kind, value) = split_value(text);
    match kind {
        "refuse" => return Ok(RequestFault::Refused(time(kind, value, Some(2))?)),
        "slow" => return Ok(RequestFault::Slow(time(kind, value, Some(5))?)),
        "spend" => {
            let credits = value.and_then(|value| value.parse().ok());
            let wanted = "a number of credits, as in `spend/400`";
            return Ok(RequestFault::Spend(credits.ok_or_else(|| wrong(kind, value, wanted))?));
        }
        _ => {}
    }
    // A GET changes nothing, so that before and after are the same.
    let (name, moment) = match kind.strip_suffix("-after") {
        Some(name) if target == "post" => (name, Some(Phase::After)),
        Some(_) | None => (kind, None),
    };
    let unknown = || NotAFault::Kind { target, kind: kind.to_owned() };
    let response_fault = match (name, moment) {
        ("close", _) => plain(ResponseFault::Close, kind, value)?,
        // Only an answer that was made can be spoilt in these ways.
        ("garbage", None) => return lost_after(ResponseFault::Garbage, kind, value),
        ("hang", _) => plain(ResponseFault::Hang, kind, value)?,
        ("html", Some(Phase::After)) => {
            ResponseFault::Html(status(kind, value, StatusCode::CREATED)?)
        }
        ("html", _) if target == "post" => {
            ResponseFault::Html(status(kind, value, StatusCode::BAD_GATEWAY)?)
        }
        ("html", _) => ResponseFault::Html(status(kind, value, StatusCode::OK)?),
        ("redirect", None) => {
            ResponseFault::Redirect(status(kind, value, StatusCode::TEMPORARY_REDIRECT)?)
        }
        ("reset", _) => plain(ResponseFault::Reset, kind, value)?,
        ("stall", None) => return lost_after(ResponseFault::Stall, kind, value),
        ("truncate", None) => return lost_after(ResponseFault::Truncate, kind, value),
        (code, _) => {
            let code = code.parse().ok().filter(|code| (400..600).contains(code));
            let code = code.and_then(|code| StatusCode::from_u16(code).ok());
            let pause = value.map(|_| time(kind, value, None)).transpose()?;
            ResponseFault::Status(code.ok_or_else(unknown)?, pause)
        }
    };
    Ok(RequestFault::Lost(moment.unwrap_or(Phase::Before), response_fault))
}

fn batch_fault(text: &str) -> Result<BatchFault, NotAFault> {
    let (kind, value) = split_value(text);
    let every = || value.map_or(Ok(3), |_| count(kind, value));
    let alone = |batch_fault| plain(batch_fault, kind, value);
    match kind {
        "bad-number" => every().map(BatchFault::BadNumber),
        "contradicted" => every().map(BatchFault::Contradicted),
        "duplicated" => every().map(BatchFault::Duplicated),
        "extra" => alone(BatchFault::Extra),
        "failed" => alone(BatchFault::Failed),
        "holes" => every().map(BatchFault::Holes),
        "late" => {
            let polls = value.map_or(Some(2), |value| value.parse().ok());
            let lateness =
                polls.map(Delay::Polls).map_or_else(|| time(kind, value, None).map(Delay::For), Ok);
            lateness.map(BatchFault::Late)
        }
        "misnumbered" => alone(BatchFault::Misnumbered),
        "no-index" => alone(BatchFault::NoIndex),
        "no-params" => alone(BatchFault::NoParams),
        "no-results" => alone(BatchFault::NoResults),
        "ongoing" => {
            let polls = value.map(|_| count(kind, value)).transpose()?;
            Ok(BatchFault::Ongoing(polls))
        }
        "shuffled" => alone(BatchFault::Shuffled),
        "strangers" => every().map(BatchFault::Strangers),
        "stuck" => alone(BatchFault::Stuck),
        "text-index" => alone(BatchFault::TextIndex),
        "unqualified" => every().map(BatchFault::Unqualified),
        _ => Err(NotAFault::Kind { target: "batch", kind: kind.to_owned() }),
    }
}

fn poison(text: &str) -> Result<SearchFault, NotAFault> {
    match text {
        "poison" => Ok(SearchFault::Named),
        "poison-unnamed" => Ok(SearchFault::Unnamed),
        _ => Err(NotAFault::Kind { target: "search", kind: text.to_owned() }),
    }
}

fn split_value(text: &str) -> (&str, Option<&str>) {
    match text.split_once('/') {
        Some((kind, value)) => (kind, Some(value)),
        None => (text, None),
    }
}

fn wrong(kind: &str, value: Option<&str>, wanted: &'static str) -> NotAFault {
    NotAFault::Value { kind: kind.to_owned(), value: value.map(str::to_owned), wanted }
}

fn plain<T>(fault: T, kind: &str, value: Option<&str>) -> Result<T, NotAFault> {
    match value {
        None => Ok(fault),
        Some(_) => Err(wrong(kind, value, "it without a value")),
    }
}

fn lost_after(
    response_fault: ResponseFault,
    kind: &str,
    value: Option<&str>,
) -> Result<RequestFault, NotAFault> {
    plain(RequestFault::Lost(Phase::After, response_fault), kind, value)
}

fn count(kind: &str, value: Option<&str>) -> Result<usize, NotAFault> {
    let number = value.and_then(|value| value.parse().ok());
    number.filter(|number| *number > 0).ok_or_else(|| wrong(kind, value, "a whole number from 1"))
}

fn status(kind: &str, value: Option<&str>, usual: StatusCode) -> Result<StatusCode, NotAFault> {
    let Some(text) = value else { return Ok(usual) };
    let code = text.parse().ok().filter(|code| (200..600).contains(code));
    code.and_then(|code| StatusCode::from_u16(code).ok())
        .ok_or_else(|| wrong(kind, value, "an HTTP status"))
}

/// `300ms`, `5s`, `2m`, or a bare number of seconds.
fn time(kind: &str, value: Option<&str>, usual: Option<u64>) -> Result<Duration, NotAFault> {
    let in_unit = |suffix: &str, unit: fn(u64) -> Duration| {
        let number = value?.strip_suffix(suffix)?.parse().ok()?;
        Some(unit(number))
    };
    let minutes = |number: u64| Duration::from_secs(number.saturating_mul(60));
    in_unit("ms", Duration::from_millis)
        .or_else(|| in_unit("s", Duration::from_secs))
        .or_else(|| in_unit("m", minutes))
        .or_else(|| in_unit("", Duration::from_secs))
        .or_else(|| usual.filter(|_| value.is_none()).map(Duration::from_secs))
        .ok_or_else(|| wrong(kind, value, "a time such as `300ms`, `5s` or `2m`"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_says_where_when_and_what() {
        let lost = |moment, response_fault| RequestFault::Lost(moment, response_fault);
        let unavailable = StatusCode::SERVICE_UNAVAILABLE;
        for (text, fault) in [
            (
                "post:2=reset-after",
                Fault::Post(Selector::only(2), lost(Phase::After, ResponseFault::Reset)),
            ),
            ("post=reset", Fault::Post(Selector::All, lost(Phase::Before, ResponseFault::Reset))),
            (
                "post:3-=truncate",
                Fault::Post(Selector::since(3), lost(Phase::After, ResponseFault::Truncate)),
            ),
            (
                "get:3-5=503",
                Fault::Get(
                    Selector::Between { from: 3, to: 5 },
                    lost(Phase::Before, ResponseFault::Status(unavailable, None)),
                ),
            ),
            (
                "post:1=503-after",
                Fault::Post(
                    Selector::only(1),
                    lost(Phase::After, ResponseFault::Status(unavailable, None)),
                ),
            ),
            (
                "account:20%=429/1500ms",
                Fault::Account(
                    Selector::Percent(20),
                    lost(
                        Phase::Before,
                        ResponseFault::Status(
                            StatusCode::TOO_MANY_REQUESTS,
                            Some(Duration::from_millis(1500)),
                        ),
                    ),
                ),
            ),
            (
                "get=html",
                Fault::Get(Selector::All, lost(Phase::Before, ResponseFault::Html(StatusCode::OK))),
            ),
            (
                "post=html",
                Fault::Post(
                    Selector::All,
                    lost(Phase::Before, ResponseFault::Html(StatusCode::BAD_GATEWAY)),
                ),
            ),
            (
                "post=html-after",
                Fault::Post(
                    Selector::All,
                    lost(Phase::After, ResponseFault::Html(StatusCode::CREATED)),
                ),
            ),
            ("post:*=limit/1000", Fault::Limit(Selector::All, 1000)),
            (
                "get:1=refuse/2m",
                Fault::Get(Selector::only(1), RequestFault::Refused(Duration::from_mins(2))),
            ),
            (
                "post:1=slow/3",
                Fault::Post(Selector::only(1), RequestFault::Slow(Duration::from_secs(3))),
            ),
            ("batch:1=holes", Fault::Batch(Selector::only(1), BatchFault::Holes(3))),
            ("results=shuffled", Fault::Batch(Selector::All, BatchFault::Shuffled)),
            ("batch=late", Fault::Batch(Selector::All, BatchFault::Late(Delay::Polls(2)))),
            (
                "batch=late/4s",
                Fault::Batch(Selector::All, BatchFault::Late(Delay::For(Duration::from_secs(4)))),
            ),
            (" search:a=b:c=poison ", Fault::Search("a=b:c".into(), SearchFault::Named)),
        ] {
            assert_eq!(text.parse(), Ok(fault), "{text}");
        }
    }

    #[test]
    fn faults_are_separated_by_commas() {
        let faults: Faults = "post:1=reset, batch=shuffled,".parse().unwrap();
        let one_by_one: Faults = ["post:1=reset", "batch=shuffled"]
            .iter()
            .map(|text| text.parse::<Fault>().unwrap())
            .collect();
        assert_eq!(faults, one_by_one);
        assert_eq!("".parse(), Ok(Faults::default()));
    }

    #[test]
    fn an_error_says_what_would_do() {
        for (text, error) in [
            (
                "post:2",
                "`post:2` is no fault: write `TARGET:WHICH=KIND`, as in `post:2=reset-after`",
            ),
            (
                "put:1=503",
                "nothing can go wrong with `put`: use `account`, `batch`, `get`, `post` or `search`",
            ),
            (
                "post:0=503",
                "`0` does not say selector: use `3`, `3-5`, `3-`, `20%` or `*`, counted from 1",
            ),
            (
                "get:5-3=503",
                "`5-3` does not say selector: use `3`, `3-5`, `3-`, `20%` or `*`, counted from 1",
            ),
            (
                "get:101%=503",
                "`101%` does not say selector: use `3`, `3-5`, `3-`, `20%` or `*`, counted from 1",
            ),
            (
                "search:x=oops",
                "`oops` is nothing that happens to `search`: use one of `poison`, `poison-unnamed`",
            ),
            (
                "search=poison",
                "`search` needs some text of the searches it is about, as in `search:smith=poison`",
            ),
            ("post=spend", "`spend` needs a value: use a number of credits, as in `spend/400`"),
            (
                "post=slow/soon",
                "`slow` cannot take `soon`: use a time such as `300ms`, `5s` or `2m`",
            ),
            ("batch=holes/0", "`holes` cannot take `0`: use a whole number from 1"),
            ("batch=late/x", "`late` cannot take `x`: use a time such as `300ms`, `5s` or `2m`"),
            ("batch=extra/2", "`extra` cannot take `2`: use it without a value"),
            ("post=html/99", "`html` cannot take `99`: use an HTTP status"),
        ] {
            assert_eq!(text.parse::<Fault>().unwrap_err().to_string(), error, "{text}");
        }
    }

    #[test]
    fn what_cannot_happen_to_a_target_is_refused() {
        for text in [
            "get=reset-after",
            "get=limit/5",
            "account=limit/5",
            "post=redirect-after",
            "post=truncate-after",
            "post=200",
            "post=600",
            "get=holes",
            "batch=503",
            "post=",
            "batch=",
        ] {
            let error = text.parse::<Fault>().unwrap_err();
            assert!(matches!(error, NotAFault::Kind { .. }), "{text}: {error}");
        }
    }
}
