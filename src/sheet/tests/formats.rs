//! Every known format of contact exports: what each row is searched for.
//!
//! `fixtures/exports/EXPECTED.csv` was written by hand. It has the search for each row of each file, or why there is none.
//! Row 0 says why a file is refused.

use crate::people::{Employer, Identity, Row};
use crate::sheet::{Input, Options, Record, Sheet, SheetError};
use std::collections::BTreeMap;
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

/// The expectation for a row, as in `EXPECTED.csv`: URL, first name, last name, domain, company, reason.
type Outcome = [String; 6];

fn exports() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/exports")
}

fn open(path: &Path) -> Result<Sheet, SheetError> {
    let input = Input::Path(path.into());
    Sheet::open(&input, &Options::default()).or_else(|error| match error {
        SheetError::OwnColumns { .. } => {
            let prefix = "found_".parse().expect("a word is a prefix");
            Sheet::open(&input, &Options { column_prefix: prefix, ..Options::default() })
        }
        error => Err(error),
    })
}

/// What is expected, by file and row.
fn expected() -> BTreeMap<String, BTreeMap<u64, Outcome>> {
    let sheet = Sheet::open(&Input::Path(exports().join("EXPECTED.csv")), &Options::default())
        .expect("the expectations can be read");
    let mut rows = sheet.rows();
    let mut record = Record::new();
    let mut files: BTreeMap<String, BTreeMap<u64, Outcome>> = BTreeMap::new();
    while rows.read(&mut record).expect("a row can be read") {
        let cell = |index: usize| record.get(index).unwrap_or_default().to_owned();
        let row = cell(1).parse().expect("a row has a number");
        let outcome = std::array::from_fn(|index| cell(index + 2));
        files.entry(cell(0)).or_default().insert(row, outcome);
    }
    files
}

fn outcome(row: &Row) -> Outcome {
    let mut outcome = Outcome::default();
    match row {
        Row::Filled(_) => outcome[5] = "Answered".into(),
        Row::Skipped => outcome[5] = "Skipped".into(),
        Row::Person(search) => match &search.identity {
            Identity::Profile(profile) => outcome[0] = profile.url(),
            Identity::Named(named) => {
                outcome[1].clone_from(&named.first);
                outcome[2].clone_from(&named.last);
                match &named.employer {
                    Employer::Domain(domain) => outcome[3] = domain.as_str().into(),
                    Employer::Name(name) => outcome[4].clone_from(name),
                }
            }
        },
        Row::Unsearchable(reason) => outcome[5] = format!("{reason:?}"),
    }
    outcome
}

/// What a file leads to, by row.
fn outcomes(path: &Path) -> BTreeMap<u64, Outcome> {
    let refused = |error: &SheetError| {
        let debug = format!("{error:?}");
        let kind = debug.split([' ', '{', '(']).next().unwrap_or_default();
        let mut outcome = Outcome::default();
        kind.clone_into(&mut outcome[5]);
        BTreeMap::from([(0, outcome)])
    };
    let sheet = match open(path) {
        Ok(sheet) => sheet,
        Err(error) => return refused(&error),
    };
    let mut rows = sheet.rows();
    let mut record = Record::new();
    let mut outcomes = BTreeMap::new();
    while rows.read(&mut record).expect("a row can be read") {
        outcomes.insert(record.number(), outcome(&sheet.identify(&record)));
    }
    outcomes
}

#[test]
fn every_row_of_every_format_leads_to_the_right_search() {
    let mut wrong = String::new();
    for (file, expected) in expected() {
        let found = outcomes(&exports().join(&file));
        let rows: Vec<u64> = expected.keys().chain(found.keys()).copied().collect();
        let rows: std::collections::BTreeSet<u64> = rows.into_iter().collect();
        for row in &rows {
            if expected.get(row) != found.get(row) {
                let (expected, found) = (expected.get(row), found.get(row));
                writeln!(wrong, "{file} row {row}\n  expected {expected:?}\n  found    {found:?}")
                    .expect("a string takes it");
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

#[test]
fn every_export_is_expected_to_be_something() {
    let expected = expected();
    for entry in fs::read_dir(exports()).expect("the fixtures are there") {
        let name = entry.expect("an entry can be read").file_name();
        let name = name.to_str().expect("fixtures have plain names");
        assert!(name == "EXPECTED.csv" || expected.contains_key(name), "{name}");
    }
}
