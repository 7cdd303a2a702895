//! `usage`, and what a list cost so far.

use crate::support::TestEnv;
use crate::support::people::{people_csv, people_csv_of, profiles_csv};
use calamine::Reader;
use enrow_phone::sandbox::{Pace, Settings};
use serde_json::{Value, json};

#[test]
fn usage_is_summed_up_by_time_list_and_key() {
    let env = TestEnv::new(Settings::default());
    env.run(["usage"]).exits(0).prints("nothing was searched\n").says("there is no ledger at");
    env.write("spring.csv", people_csv(20));
    env.write("autumn, all.csv", people_csv_of(10..30));
    env.bulk(&["spring.csv", "-o", "out.csv"]).exits(0);
    env.bulk_command(&["autumn, all.csv", "-o", "out.csv"]).key("another").run().exits(0);
    let batches = env.control().batches();
    let (first, second) = (batches[0].found, batches[1].found);
    let known = env.rows("out.csv").count("found") - second;

    let usage = |args: &[&str]| env.run([&["usage"], args].concat());
    let told = usage(&["--by", "label", "--json"]).exits(0).json();
    assert_eq!(told["by"], "label");
    let rows = told["rows"].as_array().unwrap();
    let row = |group: &str| rows.iter().find(|row| row["group"] == group).unwrap();
    let (spring, autumn) = (row("spring.csv"), row("autumn, all.csv"));
    assert_eq!((&spring["searched"], &spring["found"]), (&json!(20), &json!(first)));
    assert_eq!((&spring["credits"], &spring["saved"]), (&json!(40 * first), &json!(0)));
    assert_eq!((&autumn["searched"], &autumn["saved"]), (&json!(10), &json!(40 * known)));
    assert_eq!(told["total"]["credits"], json!(40 * (first + second)));
    assert_eq!(usage(&["--by", "key", "--json"]).json()["rows"].as_array().unwrap().len(), 2);

    let csv = usage(&["--by", "label", "--csv"]).stdout;
    assert!(csv.starts_with("label,searched,found,rate,credits,held,saved\n"), "{csv}");
    let line =
        format!("\"autumn, all.csv\",10,{second},0.{second}00,{},0,{}\n", 40 * second, 40 * known);
    assert!(csv.contains(&line), "{csv}");
    for file in ["usage.csv", "usage.jsonl", "usage.xlsx"] {
        usage(&["--by", "label", "-o", file]).exits(0).prints("").says(&format!("wrote `{file}`"));
    }
    usage(&["--by", "label", "-o", "-"]).exits(0).prints(&csv);
    assert_eq!(env.read("usage.csv"), csv);
    let lines = env.read("usage.jsonl");
    let lines: Vec<Value> = lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(
        (&lines[0]["label"], &lines[0]["credits"]),
        (&json!("spring.csv"), &json!(40 * first))
    );
    let mut sheet =
        calamine::open_workbook::<calamine::Xlsx<_>, _>(env.path("usage.xlsx")).unwrap();
    let cells = sheet.worksheet_range("Sheet1").unwrap();
    let (label, searched) = (cells.get_value((1, 0)), cells.get_value((1, 1)));
    assert_eq!(label, Some(&calamine::Data::String("spring.csv".to_owned())));
    assert_eq!(searched, Some(&calamine::Data::Float(20.0)));
    usage(&["--by", "label", "-o", "usage.tsv"]).exits(0);
    assert!(env.read("usage.tsv").starts_with("label\tsearched\t"));
    usage(&["-o", "usage.json"]).exits(2).says("a kind of file that this tool does not write");
    usage(&["-o", "ledger.db"]).exits(2).says("names the ledger");

    let text = usage(&["--by", "label"]).stdout;
    let lines: Vec<Vec<&str>> =
        text.lines().map(|line| line.split_whitespace().collect()).collect();
    assert_eq!(lines[0], ["LABEL", "SEARCHED", "FOUND", "RATE", "CREDITS", "SAVED"]);
    assert_eq!(lines[1][0], "spring.csv", "the dearest first");
    assert_eq!(*lines[1].last().unwrap(), "█".repeat(20));
    assert_eq!(lines[3][..2], ["total", "30"]);

    for by in ["day", "week", "month"] {
        let told = usage(&["--by", by, "--json"]).json();
        assert_eq!(told["rows"].as_array().unwrap().len(), 1, "{told}");
        assert_eq!(told["rows"][0]["searched"], 30);
    }
    let ahead = usage(&["--since", "2999-01-01", "--json"]).json();
    assert_eq!((&ahead["rows"], &ahead["total"]["searched"]), (&json!([]), &json!(0)));
    assert_eq!(usage(&["--since", "1d", "--json"]).json()["total"]["searched"], 30);
    usage(&["--since", "yesterday"]).exits(2).says("write a day, for instance `2026-11-01`");
    assert_eq!(env.control().posts(), 2);
}

/// Detached, interrupted, collected, done again: each end tells what the list cost so far.
#[cfg(unix)]
#[test]
fn every_end_says_what_the_list_cost_so_far() {
    let env = TestEnv::new(Settings { pace: Pace::Held, ..Settings::default() });
    env.write("in.csv", people_csv(10));
    let detached = env.bulk(&["in.csv", "-o", "out.csv", "--detach", "--json"]);
    let held = "this list     0 credits spent, 0 given back, 400 held; 0 found of 10 searched";
    detached.exits(0).says(held);
    let list = &detached.report()["list"];
    assert_eq!((&list["held"], &list["label"]), (&json!(400), &json!("in.csv")));
    env.bulk(&["in.csv", "-o", "out.csv", "--timeout", "1s"]).exits(3).says(held);
    let run = env.spawn_bulk(&["in.csv", "-o", "out.csv"]);
    run.wait_for_message("collecting 1 batch of an earlier run");
    run.signal("INT");
    run.finish().exits(130).says(held);

    env.control().release();
    let collected = env.bulk(&["in.csv", "-o", "out.csv"]);
    let found = env.control().batches()[0].found;
    let (spent, back) = (40 * found, 400 - 40 * found);
    let done = format!("{spent} credits spent, {back} given back; {found} found of 10 searched");
    collected.exits(0).says(&done);
    env.bulk(&["in.csv", "-o", "again.csv"]).exits(0).says(&done);
    // Another list has costs of its own, and a first run is told in its own line alone.
    env.control().change(|settings| settings.pace = Pace::INSTANT);
    env.write("other.csv", people_csv_of(20..25));
    env.bulk(&["other.csv", "-o", "other-out.csv"]).exits(0).does_not_say("this list");
}

#[cfg(unix)]
#[test]
fn a_closed_pipe_says_what_the_list_cost() {
    let env = TestEnv::new(Settings::default());
    env.write("in.csv", people_csv(3000));
    let script = r#""$0" "$@" | head -n 1"#;
    let run = crate::support::Call::through_shell(&env, script, &["bulk", "in.csv"]).run();
    run.exits(0).says("credits spent").says("found of 3,000 searched");
}

#[test]
fn status_names_the_list_and_sums_up_what_is_held() {
    let env = TestEnv::new(Settings { pace: Pace::Held, ..Settings::default() });
    env.write("a.csv", profiles_csv(0..5));
    env.write("b.csv", profiles_csv(5..8));
    env.bulk(&["a.csv", "--detach", "-o", "out.csv"]).exits(0);
    env.bulk(&["b.csv", "--detach", "-o", "out.csv", "--label", "spring fair"]).exits(0);
    env.write("config/config.toml", "label = false\n");
    env.write("c.csv", profiles_csv(8..9));
    env.bulk(&["c.csv", "--detach", "-o", "out.csv"]).exits(0);
    let told = env.run(["status", "--json"]).json();
    let labels: Vec<_> = (0..3).map(|batch| &told["under_way"][batch]["label"]).collect();
    assert_eq!(labels, [&json!("a.csv"), &json!("spring fair"), &json!(null)]);
    assert_eq!(told["held"], 360);
    let text = env.run(["status"]).stdout;
    assert!(text.contains("360 held by running batches"), "{text}");
    let row = text.lines().nth(2).unwrap();
    assert!(row.contains(':') && row.contains("  spring fair "), "{text}");
}
