//! Faults as text: `TARGET[:WHICH]=KIND[/VALUE]`.

use super::effects::{Effects, Target};
use super::selector::{NotAFault, Selector};
use super::table::{FaultInfo, TABLE, TARGETS};
use super::{Fault, Faults};
use std::str::FromStr;

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
        let fault = find(target, name, what)?;
        Ok(Self { which: Selector::read(target, which)?, ..fault })
    }
}

/// Reads `KIND[/VALUE]`. A value that is left out is the one that the table shows.
fn find(target: Target, name: &str, text: &str) -> Result<Fault, NotAFault> {
    let (kind, value) = split(text);
    let (generic, status) = generic(kind);
    let of_target = || TABLE.iter().filter(|row| row.targets.contains(&target));
    let rows = || of_target().filter(|row| self::generic(split(row.form).0).0 == generic);
    let build = |row: &'static FaultInfo| {
        let value = match (value, split(row.form).1) {
            (Some(_), None) => return None,
            (Some(value), Some(_)) => value,
            (None, shown) => shown.unwrap_or_default(),
        };
        let fault = Fault { row, status, target, value: value.to_owned(), which: Selector::All };
        fault.apply(&mut Effects::default()).map(|()| fault)
    };
    rows().find_map(build).ok_or_else(|| {
        let list = |rows: &mut dyn Iterator<Item = &FaultInfo>| {
            rows.map(|row| format!("`{}`", row.form)).collect::<Vec<_>>().join(", ")
        };
        let forms = list(&mut rows());
        NotAFault(match value {
            _ if forms.is_empty() => {
                let forms = list(&mut of_target());
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

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    fn debug(text: &str) -> String {
        let fault: Fault = text.parse().unwrap_or_else(|error| panic!("{text}: {error}"));
        format!("{:?} {:?} {:?}", fault.target, fault.which, Faults::one(&fault))
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
        assert!(debug(" search:a=b:C=poison ").starts_with(r#"Search Text("a=b:c") "#));
        assert!(debug("post:1=418-after").contains("(After, Status(418, None))"));
        assert!(debug("get=429/1500ms").contains("(Before, Status(429, Some(1.5s)))"));
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
