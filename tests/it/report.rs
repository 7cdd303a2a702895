//! `--report` and `--json`: what scripts are told of a run, however it ends.

use crate::support::people::{people_csv, people_csv_of};
use crate::support::{Run, TestEnv};
use enrow_phone::sandbox::Settings;
use serde_json::Value;
use std::collections::BTreeSet;

const ARGS: [&str; 5] = ["in.csv", "-o", "out.csv", "--report", "report.json"];

fn env(settings: Settings) -> TestEnv {
    let env = TestEnv::new(settings);
    env.write("in.csv", people_csv(20));
    env
}

/// The report, which stands alone in its file.
#[track_caller]
fn report(env: &TestEnv) -> Value {
    let text = env.read("report.json");
    assert_eq!(text.lines().count(), 1, "{text}");
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}: {text}"))
}

/// What every report says, whatever came of the run.
#[track_caller]
fn assert_ended(report: &Value, code: u8, reason: &str, output: Option<&str>) {
    assert_eq!(report["exit_code"], code, "{report}");
    assert_eq!(report["reason"], reason, "{report}");
    assert_eq!(report["output"], Value::from(output), "{report}");
    assert!(report["seconds"].as_f64().is_some(), "{report}");
    let started = report["started"].as_str().unwrap_or_default();
    assert!(started.starts_with("20") && started.ends_with('Z'), "{report}");
    let failed = matches!(reason, "failed" | "key" | "unusable");
    assert_eq!(report["error"].is_string(), failed, "{report}");
}

fn names(value: &Value) -> BTreeSet<&str> {
    let object = value.as_object().expect("an object");
    object.keys().map(String::as_str).collect()
}

/// The names that the reference documents, taken from its table.
fn documented() -> BTreeSet<&'static str> {
    let page = include_str!("../../docs/reference.md");
    let (_, table) = page.split_once("| field of the report |").expect("there is a table");
    let rows = table.lines().skip(2).take_while(|line| line.starts_with('|'));
    rows.flat_map(|row| row.split('|').nth(1).unwrap_or_default().split(','))
        .map(|name| name.trim().trim_matches('`'))
        .collect()
}

#[test]
fn a_whole_run_is_told_in_every_field_that_is_documented() {
    let env = env(Settings::default());
    let both = [&ARGS[..], &["--json", "--batch-size=15"]].concat();
    let run = env.bulk(&both);
    run.exits(0);
    let report = report(&env);
    assert_eq!(run.report(), report, "both are one object");
    assert_ended(&report, 0, "done", Some("out.csv"));
    assert_eq!(names(&report), documented());

    let batches = report["batches"].as_array().unwrap();
    let taken = env.control().batches();
    assert_eq!(batches.len(), 2);
    for (told, taken) in batches.iter().zip(&taken) {
        assert_eq!(told["id"], taken.id);
        assert_eq!(told["people"], taken.requested);
        assert_eq!(told["reserved"], taken.requested * 40);
        assert_eq!(told["state"], "completed");
        let number = |name: &str| told[name].as_u64().unwrap();
        assert_eq!(number("credits"), number("found") * 40);
        assert_eq!(number("refunded"), number("reserved") - number("credits"));
        let (since, ended) = (told["since"].as_str(), told["ended"].as_str());
        assert!(report["started"].as_str() <= since && since <= ended, "{told}");
    }
    let sum = |name: &str| batches.iter().map(|b| b[name].as_u64().unwrap()).sum::<u64>();
    assert_eq!(report["credits"]["net"], sum("credits"));
    assert_eq!(report["credits"]["reserved"], sum("reserved"));
    let statuses: u64 = report["rows"]
        .as_object()
        .unwrap()
        .iter()
        .filter(|(name, _)| *name != "total" && *name != "stale")
        .map(|(_, n)| n.as_u64().unwrap())
        .sum();
    assert_eq!((report["rows"]["total"].as_u64(), statuses), (Some(20), 20));
}

#[test]
fn a_run_that_fails_replaces_the_report_of_the_one_before() {
    let env = env(Settings {
        refused_keys: vec!["wrong".to_owned()],
        keys_without_phones: vec!["poor".to_owned()],
        ..Settings::default()
    });
    let failed = |run: Run, code: u8, reason: &str, error: &str| {
        run.exits(code.into());
        let report = report(&env);
        assert_ended(&report, code, reason, None);
        assert!(report["error"].as_str().unwrap().contains(error), "{report}");
        assert_eq!(report["rows"], Value::Null);
        report
    };
    let call = || env.bulk_command(&ARGS);
    failed(call().without_env("ENROW_API_KEY").run(), 4, "key", "no API key");
    let refused = failed(call().key("wrong").run(), 4, "key", "`ENROW_API_KEY` (401");
    assert_eq!(refused["people"], Value::Null, "nothing was planned");
    let poor = failed(call().key("poor").run(), 4, "key", "not allowed");
    assert_eq!((&poor["people"], &poor["searched"]), (&20.into(), &0.into()));
    let map = [&ARGS[..], &["--map=lastname=no"]].concat();
    failed(env.bulk(&map), 2, "unusable", "has no column");
    let unreachable = call().env("ENROW_API_URL", "http://127.0.0.1:9").run();
    failed(unreachable, 1, "failed", "cannot reach Enrow");
    assert_eq!(env.control().taken(), 0);
}

#[cfg(unix)]
#[test]
fn an_interrupted_run_tells_what_it_sent() {
    use enrow_phone::sandbox::{Control, Pace};
    for (signal, code, reason) in
        [("INT", 130, "interrupted"), ("TERM", 143, "terminated"), ("HUP", 129, "hung_up")]
    {
        let env = env(Settings { pace: Pace::Held, ..Settings::default() });
        let run = env.spawn_bulk(&ARGS);
        let polled = |control: &Control| control.polls() > 0;
        env.wait_until(polled);
        run.signal(signal);
        run.finish().exits(code.into());
        let report = report(&env);
        assert_ended(&report, code, reason, None);
        assert_eq!(report["credits"]["reserved"], 800);
        assert_eq!(report["batches"][0]["id"], env.control().batches()[0].id);
        assert_eq!(report["batches"][0]["state"], "running");
        assert_eq!(report["batches"][0]["ended"], Value::Null);
    }
}

#[test]
fn what_may_have_been_taken_is_told_apart() {
    let faults = "post:2=reset-after".parse().expect("a fault");
    // Without a refund, after which the balance is read a minute later.
    let env = TestEnv::new(Settings { faults, found_percent: 100, ..Settings::default() });
    env.write("in.csv", people_csv(20));
    let run = env.bulk(&[&ARGS[..], &["--batch-size=12"]].concat());
    run.exits(6);
    let report = report(&env);
    assert_ended(&report, 6, "incomplete", Some("out.csv"));
    assert_eq!(report["batches"].as_array().unwrap().len(), 1);
    assert_eq!(report["in_doubt"].as_array().unwrap().len(), 1);
    let doubt = &report["in_doubt"][0];
    assert_eq!((&doubt["people"], &doubt["id"]), (&8.into(), &Value::Null));
    assert_eq!(doubt["state"], "in_doubt");
    assert_eq!(report["rows"]["unknown"], 8);
}

#[test]
fn a_report_that_cannot_be_written_is_noticed_before_anything_is_paid() {
    let env = env(Settings::default());
    let run = env.bulk(&["in.csv", "-o", "out.csv", "--report", "no/report.json"]);
    run.exits(1).says("cannot write `no/report.json`").says("nothing was sent");
    assert!(env.control().requests().is_empty());
}

#[test]
fn a_report_never_takes_the_place_of_the_rows() {
    let env = env(Settings::default());
    for (args, other) in [
        (["in.csv", "-o", "out.csv", "--report", "./in.csv"], "input"),
        (["in.csv", "-o", "out.csv", "--report", "./out.csv"], "output"),
        (["in.csv", "-o", "-", "--report", "-"], "output"),
    ] {
        let run = env.bulk(&args);
        run.exits(2).says(&format!("`--report` names the {other}"));
    }
    assert_eq!(env.read("in.csv"), people_csv_of(0..20));
    assert!(env.control().requests().is_empty());
}

#[cfg(unix)]
#[test]
fn a_reader_who_goes_away_ends_the_run_with_a_report() {
    let env = TestEnv::new(Settings::default());
    env.write("in.csv", people_csv(5000));
    let script = r#""$0" "$@" | head -n 1; exit 0"#;
    let args = ["in.csv", "--report", "report.json"];
    let call = crate::support::Call::through_shell(&env, script, &[&["bulk"], &args[..]].concat());
    call.run().exits(0);
    let report = report(&env);
    assert_ended(&report, 0, "output_closed", None);
    assert_eq!(report["searched"], 5000);
}

#[test]
fn what_was_reserved_is_told_by_its_source() {
    let env = TestEnv::with_faults("batch:2=paygo/150");
    env.write("people.csv", people_csv(20));
    let run = env.bulk(&["people.csv", "-o", "out.csv", "--batch-size=10", "--json"]);
    run.exits(0).says("reserved 650 of the subscription, 150 bought separately");
    assert_eq!(run.figure("credits.reserved"), 800);
    assert_eq!((run.figure("credits.from_sub"), run.figure("credits.from_paygo")), (650, 150));
    let of_batches = |field: &str| {
        let report = run.report();
        let batches = report["batches"].as_array().unwrap().clone();
        batches.iter().map(|batch| batch[field].as_i64().unwrap()).collect::<Vec<_>>()
    };
    assert_eq!((of_batches("from_sub"), of_batches("from_paygo")), (vec![400, 250], vec![0, 150]));
    // The ledger keeps it.
    let status = env.run(["status", "--json"]).json();
    assert_eq!(
        (&status["recent"][0]["from_paygo"], &status["recent"][0]["label"]),
        (&150.into(), &"people.csv".into())
    );
}
