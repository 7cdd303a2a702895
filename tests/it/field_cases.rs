//! Small lists in shapes that broke the tool once: what is searched, and that no cell comes back changed.

use super::support::{TestEnv, side_by_side};
use enrow_phone::sandbox::Settings;
use serde_json::{Map, Value};
use std::fs;
use std::path::{Path, PathBuf};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/field-cases")
}

#[test]
fn a_list_from_the_field_searches_its_people_and_nobody_else() {
    let cases: Vec<(String, Value)> =
        ["expected.json", "more.json"].into_iter().flat_map(cases).collect();
    assert!(cases.len() > 19);
    side_by_side(cases, |(name, case)| check(name, case));
}

fn cases(file: &str) -> Vec<(String, Value)> {
    let cases: Value =
        serde_json::from_str(&fs::read_to_string(folder().join(file)).unwrap()).unwrap();
    cases["files"].as_object().unwrap().clone().into_iter().collect()
}

fn check(name: &str, case: &Value) {
    let env = TestEnv::new(Settings::default());
    let input = match case["text"].as_str() {
        Some(text) => env.write(name, text),
        None => folder().join(name),
    };
    let mut args = vec![input.to_str().unwrap(), "-o", "out.csv"];
    args.extend(case["args"].as_array().into_iter().flatten().filter_map(Value::as_str));
    let run = env.bulk(&args);
    let sent: Vec<Map<String, Value>> = env.control().batches().iter().flat_map(searches).collect();
    let is_refusal = case["exit"] == 2;
    if is_refusal || (case["or_refuse"] == true && run.code() == Some(2)) {
        assert_eq!(run.code(), Some(2), "{name}: {}", run.stderr);
        let ways_out = ["--map", "--encoding", "--delimiter"];
        assert!(ways_out.iter().any(|way| run.stderr.contains(way)), "{name}: {}", run.stderr);
        let named = case["stderr_contains"].as_str().unwrap_or_default();
        assert!(run.stderr.contains(named), "{name}: {}", run.stderr);
        assert!(sent.is_empty(), "{name}: {sent:?}");
        return;
    }
    assert_eq!(run.code(), Some(0), "{name}: {}", run.stderr);
    assert_searches(name, case, &sent);
    if case["no_roundtrip"] != true && case.get("encoding_of_file").is_none() {
        let delimiter = case["delimiter"].as_str().unwrap_or(",").as_bytes()[0];
        let quote = case["quote"].as_str().unwrap_or("\"").as_bytes()[0];
        let before = cells(&fs::read_to_string(&input).unwrap(), delimiter, quote);
        let after = cells(&env.read("out.csv"), delimiter, quote);
        assert_eq!(before.len(), after.len(), "{name}");
        let width = before[0].len();
        for (before, after) in before.iter().zip(after) {
            // What is longer than the header goes on behind the results.
            let (own, further) = before.split_at(before.len().min(width));
            let is_kept =
                after.starts_with(before) || (after.starts_with(own) && after.ends_with(further));
            assert!(is_kept, "{name}: {before:?} came back as {after:?}");
        }
    }
}

fn cells(text: &str, delimiter: u8, quote: u8) -> Vec<Vec<String>> {
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(delimiter)
        .quote(quote)
        .has_headers(false)
        .flexible(true)
        .from_reader(text.as_bytes());
    reader.records().map(|row| row.unwrap().iter().map(str::to_owned).collect()).collect()
}

fn searches(batch: &enrow_phone::sandbox::Batch) -> Vec<Map<String, Value>> {
    let body: Value = serde_json::from_slice(&batch.body).unwrap();
    let searches = body["searches"].as_array().unwrap().iter();
    searches
        .map(|search| {
            let mut search = search.as_object().unwrap().clone();
            search.remove("custom");
            search
        })
        .collect()
}

/// Every row's search is sent, and nothing else is. Rows of one person are searched once.
fn assert_searches(name: &str, case: &Value, sent: &[Map<String, Value>]) {
    let twice = sent.iter().enumerate().find(|(at, search)| sent[..*at].contains(search));
    assert!(twice.is_none(), "{name}: sent twice: {twice:?}");
    let mut strange = sent.to_vec();
    for (row, expected) in case["rows"].as_array().unwrap().iter().enumerate() {
        let others = expected["also_ok"].as_array().into_iter().flatten();
        let allowed: Vec<&Value> = std::iter::once(&expected["search"]).chain(others).collect();
        let is_allowed = |search: &Map<String, Value>| {
            let mut allowed = allowed.iter().filter_map(|allowed| allowed.as_object());
            allowed.any(|allowed| is_same(allowed, search))
        };
        let may_be_nobody = allowed.iter().any(|allowed| allowed.is_null());
        assert!(may_be_nobody || sent.iter().any(is_allowed), "{name}: row {}", row + 1);
        strange.retain(|search| !is_allowed(search));
    }
    assert!(strange.is_empty(), "{name}: searched without a row: {strange:?}");
}

/// A domain makes the company's name needless.
fn is_same(one: &Map<String, Value>, other: &Map<String, Value>) -> bool {
    let has_domain = one.contains_key("company_domain") && other.contains_key("company_domain");
    let telling = |search: &Map<String, Value>| {
        let mut search = search.clone();
        if has_domain {
            search.remove("company_name");
        }
        search
    };
    telling(one) == telling(other)
}
