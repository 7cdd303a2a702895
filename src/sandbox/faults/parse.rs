//! Faults as text: `TARGET[:WHICH]=KIND[/VALUE]`.

use super::kinds::{Fault, Faults, Rule, Target};
use super::selector::Selector;
use super::table::{Effect, FaultInfo, Given, TABLE, TARGETS, time};
use std::str::FromStr;
use thiserror::Error;

/// Why a text is no fault.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{0}")]
pub struct NotAFault(String);

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
        let error = |message: String| Err(NotAFault(message));
        let Some((place, what)) = text.trim().rsplit_once('=') else {
            return error(format!(
                "`{text}` is no fault: write `TARGET:WHICH=KIND`, as in `post:2=reset-after`"
            ));
        };
        let (name, which) = match place.split_once(':') {
            Some((name, which)) => (name, Some(which)),
            None => (place, None),
        };
        let known = |(target, known): &(Target, &str)| {
            (*known == name || (name, *known) == ("results", "batch")).then_some(*target)
        };
        let Some(target) = TARGETS.iter().find_map(known) else {
            return error(format!(
                "nothing can go wrong with `{name}`: use `account`, `at`, `batch`, `get`, `post` or `search`"
            ));
        };
        let effect = effect(target, name, what)?;
        let numbers = || which.map_or(Ok(Selector::All), Selector::from_str);
        Ok(Self(match effect {
            Effect::Batch(fault) => Rule::Batch(numbers()?, fault),
            Effect::Event(event) => match which.and_then(time) {
                Some(at) => Rule::At(at, event),
                None => {
                    return error(
                        "`at` needs the time since the start, as in `at:30s=top-up/400`".to_owned(),
                    );
                }
            },
            Effect::Request(fault) => Rule::Request(target, numbers()?, fault),
            Effect::Search(fault) => match which {
                Some(text) if !text.is_empty() => Rule::Search(text.to_lowercase(), fault),
                Some(_) | None => {
                    let wanted = "`search` needs some text of the searches it is about, as in `search:smith=poison`";
                    return error(wanted.to_owned());
                }
            },
        }))
    }
}

/// Reads `KIND[/VALUE]`. A value that is left out is the one that the table shows.
fn effect(target: Target, name: &str, text: &str) -> Result<Effect, NotAFault> {
    let (kind, value) = split(text);
    let (generic, status) = generic(kind);
    let of_target = || TABLE.iter().filter(|row| row.targets.contains(&target));
    let rows = || of_target().filter(|row| self::generic(split(row.form).0).0 == generic);
    let build = |row: &FaultInfo| {
        let value = match (value, split(row.form).1) {
            (Some(_), None) => return None,
            (Some(value), Some(_)) => value,
            (None, shown) => shown.unwrap_or_default(),
        };
        (row.build)(&Given { status, value })
    };
    rows().find_map(build).ok_or_else(|| {
        let list = |forms: &mut dyn Iterator<Item = &str>| {
            forms.map(|form| format!("`{form}`")).collect::<Vec<_>>().join(", ")
        };
        let forms = list(&mut rows().map(|row| row.form));
        NotAFault(match value {
            _ if forms.is_empty() => {
                let forms = list(&mut of_target().map(|row| row.form));
                format!("`{kind}` is not a fault of `{name}`: use one of {forms}")
            }
            Some(value) => format!("`{kind}` cannot take `{value}`: write it like {forms}"),
            None => format!("`{kind}` cannot be used: write it like {forms}"),
        })
    })
}

fn split(text: &str) -> (&str, Option<&str>) {
    text.split_once('/').map_or((text, None), |(kind, value)| (kind, Some(value)))
}

/// A kind with its status taken out: all statuses are one kind.
fn generic(kind: &str) -> (String, Option<u16>) {
    let digits = kind.split('-').next().unwrap_or_default();
    match digits.parse() {
        Ok(status @ 300..=599) => (kind.replacen(digits, "status", 1), Some(status)),
        _ => (kind.to_owned(), None),
    }
}

impl FromStr for Selector {
    type Err = NotAFault;

    fn from_str(text: &str) -> Result<Self, NotAFault> {
        let number = |text: &str| text.parse().ok().filter(|number| *number > 0);
        let read = || {
            if text == "*" {
                return Some(Self::All);
            }
            if let Some(percent) = text.strip_suffix('%') {
                return percent.parse().ok().filter(|percent| *percent <= 100).map(Self::Percent);
            }
            let (from, to) = match text.split_once('-') {
                None => (number(text)?, number(text)?),
                Some((from, "")) => (number(from)?, usize::MAX),
                Some((from, to)) => (number(from)?, number(to)?),
            };
            (from <= to).then_some(Self::Between { from, to })
        };
        read().ok_or_else(|| {
            NotAFault(format!(
                "`{text}` does not say which: use `3`, `3-5`, `3-`, `20%` or `*`, counted from 1"
            ))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    fn debug(text: &str) -> String {
        format!("{:?}", text.parse::<Fault>().unwrap_or_else(|error| panic!("{text}: {error}")).0)
    }

    #[test]
    fn everything_in_the_table_can_be_written_and_means_something_of_its_own() {
        let mut rules = HashSet::new();
        for row in &TABLE {
            for (_, name) in TARGETS.iter().filter(|(target, _)| row.targets.contains(target)) {
                let which = if *name == "at" { "1s" } else { "1" };
                let text = format!("{name}:{which}={}", row.form);
                assert!(rules.insert(debug(&text)), "{text} means what another fault means");
            }
        }
    }

    #[test]
    fn a_value_that_is_left_out_is_that_of_the_table() {
        for (short, long) in [
            ("batch=holes", "batch=holes/3"),
            ("batch=late", "batch=late/2"),
            ("get=html", "get=html/200"),
            ("post=html", "post=html/502"),
            ("post=html-after", "post=html-after/201"),
            ("get=slow", "get=slow/5"),
            ("get:1=refuse/2m", "get:1-1=refuse/120s"),
            ("results=shuffled", "batch=shuffled"),
            ("get:3-=503", "get:3-18446744073709551615=503"),
        ] {
            assert_eq!(debug(short), debug(long));
        }
        assert_ne!(debug("batch=ongoing"), debug("batch=ongoing/2"));
        assert_ne!(debug("batch=late/3"), debug("batch=late/3s"));
        assert_eq!(debug(" search:a=b:C=poison "), r#"Search("a=b:c", Named)"#);
        assert!(debug("post:1=418-after").contains("After, Status(418, None)"));
        assert!(debug("get=429/1500ms").contains("Before, Status(429, Some(1.5s))"));
    }

    #[test]
    fn faults_are_separated_by_commas() {
        let faults: Faults = "post:1=reset, batch=shuffled,".parse().unwrap();
        let one_by_one: Faults = ["post:1=reset", "batch=shuffled"]
            .map(|text| text.parse::<Fault>().unwrap())
            .into_iter()
            .collect();
        assert_eq!(format!("{faults:?}"), format!("{one_by_one:?}"));
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
            ("get=html/9000", "`html` cannot take `9000`: write it like `html/200`"),
        ] {
            assert_eq!(text.parse::<Fault>().unwrap_err().to_string(), error, "{text}");
        }
        let error = "get=reset-after".parse::<Fault>().unwrap_err().to_string();
        assert!(error.starts_with("`reset-after` is not a fault of `get`: use one of `503`"));
    }
}
