//! Faults as text: `TARGET[:WHICH]=KIND[/VALUE]`.

use super::effects::{Effects, Phase, Target};
use super::selector::{NotAFault, Selector, time};
use super::table::{Does, FaultInfo, TABLE, TARGETS};
use super::{Fault, Faults};
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
        let Some((place, what)) = text.trim().rsplit_once('=') else {
            let form = "write `TARGET:WHICH=KIND`, as in `post:2=reset-after`";
            return Err(NotAFault(format!("`{text}` is no fault: {form}")));
        };
        let (name, which) =
            place.split_once(':').map_or((place, None), |(name, which)| (name, Some(which)));
        let Some((target, _)) = TARGETS.iter().find(|(_, known)| *known == name) else {
            let known = "use `account`, `at`, `batch`, `get`, `post` or `search`";
            return Err(NotAFault(format!("nothing can go wrong with `{name}`: {known}")));
        };
        let fault = find(*target, name, what)?;
        Ok(Self { which: Selector::read(*target, which)?, ..fault })
    }
}

/// Reads `KIND[/VALUE]`.
fn find(target: Target, name: &str, text: &str) -> Result<Fault, NotAFault> {
    let (kind, value) = split(text);
    let plain = named(target, kind).find_map(|row| build(target, row, kind, value, None));
    plain.or_else(|| phased(target, kind, value)).ok_or_else(|| {
        let list = |kind: Option<&str>| {
            let rows = TABLE.iter().filter(|row| row.targets.contains(&target));
            let rows = rows.filter(|row| kind.is_none_or(|kind| is_kind(row, kind)));
            rows.map(|row| format!("`{}`", row.form)).collect::<Vec<_>>().join(", ")
        };
        let forms = list(Some(kind));
        NotAFault(match value {
            _ if forms.is_empty() => {
                format!("`{kind}` is not a fault of `{name}`: use one of {}", list(None))
            }
            Some(value) => format!("`{kind}` cannot take `{value}`: write it like {forms}"),
            None => format!("`{kind}` cannot be used: write it like {forms}"),
        })
    })
}

/// `KIND-after` and `KIND-late/TIME`: a POST that is taken, though its answer is lost.
fn phased(target: Target, kind: &str, value: Option<&str>) -> Option<Fault> {
    let (kind, phase) = kind.rsplit_once('-').filter(|_| target == Target::Post)?;
    let (value, phase) = match phase {
        "after" => (value, Phase::After),
        "late" => (None, Phase::Later(value.map_or(Some(Duration::from_secs(3)), time)?)),
        _ => return None,
    };
    let mut losses = named(target, kind).filter(|row| matches!(row.does, Does::Lose(..)));
    losses.find_map(|row| build(target, row, kind, value, Some(phase)))
}

/// A value that is left out is the one that the table shows.
fn build(
    target: Target,
    row: &'static FaultInfo,
    kind: &str,
    value: Option<&str>,
    phase: Option<Phase>,
) -> Option<Fault> {
    let value = match (value, split(row.form).1) {
        (Some(_), None) => return None,
        (Some(value), Some(_)) => value.to_owned(),
        (None, shown) => shown.unwrap_or_default().to_owned(),
    };
    let which = Selector::Between(1, usize::MAX);
    let fault = Fault { phase, row, status: kind.parse().ok(), target, value, which };
    fault.apply(&mut Effects::default()).map(|()| fault)
}

fn named(target: Target, kind: &str) -> impl Iterator<Item = &'static FaultInfo> {
    TABLE.iter().filter(move |row| row.targets.contains(&target) && is_kind(row, kind))
}

fn split(text: &str) -> (&str, Option<&str>) {
    text.split_once('/').map_or((text, None), |(kind, value)| (kind, Some(value)))
}

/// Whether a row is of this kind. All statuses are one kind.
fn is_kind(row: &FaultInfo, kind: &str) -> bool {
    let (known, _) = split(row.form);
    let is_status = |kind: &str| matches!(kind.parse(), Ok(300..=599_u16));
    known == kind || is_status(known) && is_status(kind)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sandbox::types::{Endpoint, Kind};
    use std::collections::HashSet;

    /// A fault as text, and its effects.
    fn debug(text: &str) -> String {
        let fault: Fault = text.parse().unwrap_or_else(|error| panic!("{text}: {error}"));
        format!("{:?} {:?} {:?}", fault.target, fault.which, fault.alone())
    }

    #[test]
    fn everything_in_the_table_can_be_written_and_means_something_of_its_own() {
        let mut rules = HashSet::new();
        for row in TABLE {
            for (_, name) in TARGETS.iter().filter(|(target, _)| row.targets.contains(target)) {
                let which = if *name == "at" { "1s" } else { "1" };
                let text = format!("{name}:{which}={}", row.form);
                assert!(rules.insert(debug(&text)), "{text} means what another fault means");
            }
        }
    }

    #[test]
    fn what_is_left_out_is_that_of_the_table() {
        for (short, long) in [
            ("batch=holes", "batch=holes/3"),
            ("batch=unknown", "batch:*=late/ever"),
            ("post=html-after", "post=html-after/502"),
            ("post=reset-late", "post=reset-late/3s"),
            ("get:1=refuse/2m", "get:1-1=refuse/120s"),
            ("get:3-=503", "get:3-18446744073709551615=503"),
        ] {
            assert_eq!(debug(short), debug(long));
        }
        assert_ne!(debug("batch=late/3"), debug("batch=late/3s"));
        assert!(debug(" search:a=b:C=poison ").starts_with(r#"Search Text("a=b:c") "#));
        assert!(debug("post:1=418-after").contains("phase: After, sent: Status(418, None)"));
        assert!(debug("post:1=504-late/2s").contains("phase: Later(2s), sent: Status(504, None)"));
        assert!(debug("get=429/1500ms").contains("sent: Status(429, Some(1.5s))"));
    }

    #[test]
    fn faults_are_separated_by_commas_and_a_share_of_requests_is_a_share() {
        let faults: Faults = "get:1=503, get:20%=slow,".parse().unwrap();
        let slow = |number| !faults.of_request(Endpoint::Poll(Kind::Bulk), number).slow.is_zero();
        let share = (1..=10_000).filter(|number| slow(*number)).count();
        assert!(faults.0.len() == 2 && (1900..2100).contains(&share), "{share}");
    }

    #[test]
    fn an_error_says_what_would_do() {
        let which = "use `3`, `3-5`, `3-`, `20%` or `*`, counted from 1";
        for (text, error) in [
            (
                "post:2",
                "`post:2` is no fault: write `TARGET:WHICH=KIND`, as in `post:2=reset-after`",
            ),
            (
                "put:1=503",
                "nothing can go wrong with `put`: use `account`, `at`, `batch`, `get`, `post` or `search`",
            ),
            ("post:0=503", &format!("`0` does not say which: {which}")),
            ("get:5-3=503", &format!("`5-3` does not say which: {which}")),
            ("get:101%=503", &format!("`101%` does not say which: {which}")),
            (
                "search:x=oops",
                "`oops` is not a fault of `search`: use one of `poison`, `poison-unnamed`",
            ),
            (
                "search=poison",
                "`search` needs some text of the searches it is about, as in `search:smith=poison`",
            ),
            ("at=top-up/400", "`at` needs the time since the start, as in `at:30s=top-up/400`"),
            ("post=slow/soon", "`slow` cannot take `soon`: write it like `slow/5s`"),
            ("batch=holes/0", "`holes` cannot take `0`: write it like `holes/3`"),
            ("batch=stuck/3", "`stuck` cannot take `3`: write it like `stuck`"),
            ("get=429/soon", "`429` cannot take `soon`: write it like `503`, `429/2`"),
            ("get=html/9000", "`html` cannot take `9000`: write it like `html/502`"),
        ] {
            assert_eq!(text.parse::<Fault>().unwrap_err().to_string(), error, "{text}");
        }
        for text in ["get=reset-after", "post=slow-after", "post=reset-late/soon"] {
            let error = text.parse::<Fault>().unwrap_err().to_string();
            assert!(error.contains(" is not a fault of `"), "{error}");
        }
    }
}
