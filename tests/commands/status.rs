use crate::desk::{Desk, sheet};
use enrow_phone::sandbox::{Pace, Settings};
use serde_json::json;

#[test]
fn an_empty_ledger_says_so_and_nobody_is_asked() {
    let desk = Desk::new(Settings::default());
    // Who only looks makes no ledger.
    desk.run(["status"]).exits(0).prints("").says("there is no ledger at");
    let told = desk.run(["status", "--json"]).exits(0).json();
    assert_eq!(told["totals"]["people"], 0);
    assert!(!desk.path("ledger.db").exists());
    desk.run(["account"]).exits(0);
    let ran = desk.run(["status"]).exits(0);
    let text = &ran.stdout;
    assert!(text.starts_with("no batches yet\n\npeople   0 answered, 0 with a number\n"), "{text}");
    let asked = desk.control().requests();
    let mut keyless = desk.command();
    keyless.env_remove("ENROW_API_KEY").arg("status");
    assert!(keyless.output().unwrap().status.success());
    assert_eq!(desk.control().requests(), asked);
    desk.run(["status", "--sandbox"]).exits(2).says("--ledger");
}

#[test]
fn batches_under_way_and_done_are_told_with_their_credits() {
    let desk = Desk::new(Settings::default());
    desk.write("first.csv", &sheet(0..10));
    desk.run(["bulk", "first.csv", "-o", "out.csv"]).exits(0);
    desk.control().set_pace(Pace::Held);
    desk.write("second.csv", &sheet(5..15));
    desk.run(["bulk", "second.csv", "--detach", "-o", "out.csv"]).exits(3);

    let batches = desk.control().batches();
    let [first, second] = &batches[..] else { panic!("{batches:?}") };
    let told = desk.run(["status", "--json"]).exits(0).json();
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

    let text = desk.run(["status"]).exits(0).stdout;
    let rows: Vec<Vec<&str>> =
        text.lines().take(3).map(|line| line.split_whitespace().collect()).collect();
    assert_eq!(rows[0], ["BATCH", "STATE", "PEOPLE", "FOUND", "CREDITS", "AGE"]);
    assert_eq!(rows[1][..5], [&second.id, "running", "5", "-", "200"]);
    assert_eq!(rows[2][..3], [&first.id, "completed", "10"]);
}

#[test]
fn numbers_from_the_ledger_are_counted_as_saved() {
    let desk = Desk::new(Settings::default());
    desk.write("in.csv", &sheet(0..10));
    desk.run(["bulk", "in.csv", "-o", "out.csv"]).exits(0);
    let saved = || desk.run(["status", "--json"]).json()["totals"]["credits_saved"].clone();
    assert_eq!(saved(), 0);
    desk.run(["bulk", "in.csv", "-o", "again.csv"]).exits(0);
    let found = desk.control().batches()[0].found;
    assert!(found > 0);
    assert_eq!(saved(), json!(40 * found));
}

#[test]
fn a_batch_whose_answer_was_lost_is_in_doubt() {
    let desk = Desk::new(Settings::default());
    desk.control().add_fault("post:1=reset-after".parse().unwrap());
    desk.write("in.csv", &sheet(0..3));
    desk.run(["bulk", "in.csv", "-o", "out.csv"]).exits(3);
    let ran = desk.run(["status"]).exits(0).says("enrow-phone recover");
    assert!(ran.stdout.contains("(no id)  in doubt       3"), "{ran:?}");
    let told = desk.run(["status", "--json"]).json();
    assert_eq!(told["in_doubt"][0]["state"], "in_doubt");
    assert_eq!(told["in_doubt"][0]["credits"], json!(null));
}

#[test]
fn only_as_many_ended_batches_are_listed_as_asked_for() {
    let desk = Desk::new(Settings::default());
    desk.write("in.csv", &sheet(0..6));
    desk.run(["bulk", "in.csv", "-o", "out.csv", "--batch-size", "2"]).exits(0);
    let ids = desk.control().batches().into_iter().map(|batch| batch.id);
    let mut ids: Vec<_> = ids.collect();
    ids.reverse();
    let told = desk.run(["status", "--json", "--recent", "2"]).json();
    let listed = told["recent"].as_array().unwrap().iter();
    let listed: Vec<_> = listed.map(|batch| batch["id"].as_str().unwrap()).collect();
    assert_eq!(listed, ids[..2]);
}
