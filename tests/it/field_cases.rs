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
    let expected = fs::read_to_string(folder().join("expected.json")).unwrap();
    let expected: Value = serde_json::from_str(&expected).unwrap();
    let cases = expected["files"].as_object().unwrap();
    assert_eq!(cases.len(), 19);
    let cases: Vec<(String, Value)> =
        cases.iter().map(|(name, case)| (name.clone(), case.clone())).collect();
    side_by_side(cases, |(name, case)| check(name, case));
}

fn check(name: &str, case: &Value) {
    let env = TestEnv::new(Settings::default());
    let input = folder().join(name);
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
    assert_searches(name, case, sent);
    if case["no_roundtrip"] != true && case.get("encoding_of_file").is_none() {
        let delimiter = case["delimiter"].as_str().unwrap_or(",").as_bytes()[0];
        let before = cells(&fs::read_to_string(&input).unwrap(), delimiter);
        let after = cells(&env.read("out.csv"), delimiter);
        assert_eq!(before.len(), after.len(), "{name}");
        for (before, after) in before.iter().zip(after) {
            assert!(after.starts_with(before), "{name}: {before:?} came back as {after:?}");
        }
    }
}

fn cells(text: &str, delimiter: u8) -> Vec<Vec<String>> {
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(delimiter)
        .has_headers(false)
        .flexible(true)
        .from_reader(text.as_bytes());
    reader.records().map(|row| row.unwrap().iter().map(str::to_owned).collect()).collect()
}

fn searches(batch: &enrow_phone::sandbox::AcceptedBatch) -> Vec<Map<String, Value>> {
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

/// Every row's search is sent once, and nothing else is.
fn assert_searches(name: &str, case: &Value, mut sent: Vec<Map<String, Value>>) {
    for row in case["rows"].as_array().unwrap() {
        let others = row["also_ok"].as_array().into_iter().flatten();
        let allowed: Vec<&Value> = std::iter::once(&row["search"]).chain(others).collect();
        let found = sent.iter().position(|search| {
            allowed
                .iter()
                .any(|allowed| allowed.as_object().is_some_and(|allowed| is_same(allowed, search)))
        });
        match found {
            Some(at) => drop(sent.remove(at)),
            None => assert!(
                allowed.iter().any(|allowed| allowed.is_null()),
                "{name}: row {}",
                row["row"]
            ),
        }
    }
    assert!(sent.is_empty(), "{name}: searched without a row: {sent:?}");
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
