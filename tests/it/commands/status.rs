use crate::support::TestEnv;
use crate::support::people::profiles_csv;
use enrow_phone::sandbox::{Pace, Settings};
use serde_json::json;

#[test]
fn an_empty_ledger_says_so_and_nobody_is_asked() {
    let env = TestEnv::new(Settings::default());
    // Who only looks makes no ledger.
    env.run(["status"]).exits(0).prints("").says("there is no ledger at");
    let told = env.run(["status", "--json"]).exits(0).json();
    assert_eq!(told["totals"]["people"], 0);
    assert!(!env.path("ledger.db").exists());
    env.run(["account"]).exits(0);
    let run = env.run(["status"]);
    run.exits(0);
    let text = &run.stdout;
    assert!(text.starts_with("no batches yet\n\npeople   0 answered, 0 with a number\n"), "{text}");
    let asked = env.control().requests();
    env.command(["status"]).without_env("ENROW_API_KEY").run().exits(0);
    assert_eq!(env.control().requests(), asked);
    env.run(["status", "--sandbox"]).exits(0).says("ledger.sandbox.db");
}

#[test]
fn batches_under_way_and_done_are_told_with_their_credits() {
    let env = TestEnv::new(Settings::default());
    env.write("first.csv", profiles_csv(0..10));
    env.run(["bulk", "first.csv", "-o", "out.csv"]).exits(0);
    env.control().change(|settings| settings.pace = Pace::Held);
    env.write("second.csv", profiles_csv(5..15));
    env.run(["bulk", "second.csv", "--detach", "-o", "out.csv"]).exits(0);

    let batches = env.control().batches();
    let [first, second] = &batches[..] else { panic!("{batches:?}") };
    let told = env.run(["status", "--json"]).exits(0).json();
    let done = &told["recent"][0];
    assert_eq!(done["id"], json!(first.id));
    assert_eq!(done["state"], "completed");
    assert_eq!(
        (&done["people"], &done["found"], &done["reserved"]),
        (&json!(10), &json!(first.found), &json!(400))
    );
    assert_eq!(done["credits"], json!(40 * first.found));
    let running = &told["under_way"][0];
    assert_eq!(running["id"], json!(second.id));
    assert_eq!(
        (&running["state"], &running["found"], &running["credits"]),
        (&json!("running"), &json!(null), &json!(200))
    );
    assert_eq!(told["in_doubt"], json!([]));
    assert_eq!(told["totals"]["people"], 10);
    assert_eq!(told["totals"]["credits_spent"], json!(40 * first.found));

    let text = env.run(["status"]).exits(0).stdout.clone();
    let rows: Vec<Vec<&str>> =
        text.lines().take(3).map(|line| line.split_whitespace().collect()).collect();
    assert_eq!(rows[0], ["BATCH", "STATE", "SINCE", "LIST", "PEOPLE", "FOUND", "CREDITS"]);
    assert_eq!(rows[1][..2], [&second.id, "running"]);
    assert_eq!(rows[1][3..], ["second.csv", "5", "-", "200"]);
    assert_eq!((rows[2][1], &rows[2][3..5]), ("completed", &["first.csv", "10"][..]));
}

#[test]
fn numbers_from_the_ledger_are_counted_as_saved() {
    let env = TestEnv::new(Settings::default());
    env.write("in.csv", profiles_csv(0..10));
    env.run(["bulk", "in.csv", "-o", "out.csv"]).exits(0);
    let saved = || env.run(["status", "--json"]).json()["totals"]["credits_saved"].clone();
    assert_eq!(saved(), 0);
    env.run(["bulk", "in.csv", "-o", "again.csv"]).exits(0);
    let found = env.control().batches()[0].found;
    assert!(found > 0);
    assert_eq!(saved(), json!(40 * found));
}

#[test]
fn a_batch_whose_answer_was_lost_is_in_doubt() {
    let env = TestEnv::new(Settings::default());
    env.control().change(|settings| settings.faults.push("post:1=reset-after".parse().unwrap()));
    env.write("in.csv", profiles_csv(0..3));
    env.run(["bulk", "in.csv", "-o", "out.csv"]).exits(6);
    let run = env.run(["status"]);
    run.exits(0).says("enrow-phone recover");
    assert!(run.stdout.contains("(no id)  unclear  "), "{run:?}");
    let told = env.run(["status", "--json"]).json();
    assert_eq!(told["in_doubt"][0]["state"], "in_doubt");
    assert_eq!(told["in_doubt"][0]["credits"], json!(null));
}

#[test]
fn only_as_many_ended_batches_are_listed_as_asked_for() {
    let env = TestEnv::new(Settings::default());
    env.write("in.csv", profiles_csv(0..6));
    env.run(["bulk", "in.csv", "-o", "out.csv", "--batch-size", "2"]).exits(0);
    let ids = env.control().batches().into_iter().map(|batch| batch.id);
    let mut ids: Vec<_> = ids.collect();
    ids.reverse();
    let told = env.run(["status", "--json", "--recent", "2"]).json();
    let listed = told["recent"].as_array().unwrap().iter();
    let listed: Vec<_> = listed.map(|batch| batch["id"].as_str().unwrap()).collect();
    assert_eq!(listed, ids[..2]);
}
