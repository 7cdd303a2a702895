//! Rows that came with a number: our own output, edited or merged. The ledger says what such a number is worth.

use crate::support::people::{people_csv_of, profile};
use crate::support::rows::Rows;
use crate::support::{Call, TestEnv};
use enrow_phone::sandbox::{Answer, Search, Settings};

const IN_PLACE: [&str; 3] = ["list.csv", "-o", "list.csv"];

const HEADER: &str = "linkedin_url,phone_number,phone_country,phone_status,phone_note\n";

/// What this ledger has never heard of.
const FOREIGN: &str = "+15705551234";

/// Everybody has a number.
fn env() -> TestEnv {
    TestEnv::new(Settings { found_percent: 100, ..Settings::default() })
}

fn number_of(env: &TestEnv, person: usize) -> String {
    match env.control().answer_for(&Search::profile(profile(person))) {
        Answer::Found { number, .. } => number,
        Answer::NotFound => panic!("everybody has a number"),
    }
}

/// Asks for these people, so that the ledger knows them.
fn ask(env: &TestEnv, people: std::ops::Range<usize>) {
    env.write("known.csv", crate::support::people::profiles_csv(people));
    env.bulk(&["known.csv", "-o", "known-out.csv"]).exits(0);
}

/// A list with one row that came with this number.
fn filled(env: &TestEnv, person: &str, number: &str) {
    env.write("list.csv", format!("{HEADER}{person},{number},US,found,\n"));
}

/// Which number the row has after a run in place, and how many people were searched for in all.
#[track_caller]
fn after(env: &TestEnv, more: &[&str]) -> (String, usize) {
    env.bulk(&[&IN_PLACE[..], more].concat()).exits(0);
    let rows = env.rows("list.csv");
    (rows.cell(0, "phone_number").to_owned(), searches(env))
}

fn searches(env: &TestEnv) -> usize {
    env.control().batches().iter().map(|batch| batch.requested).sum()
}

#[test]
fn an_edited_row_gets_the_number_of_whom_it_names_now() {
    // Persons 0 and 1 are known, 7 and 8 are not.
    for (old, new) in [(0, 1), (0, 7), (7, 1)] {
        let env = env();
        ask(&env, 0..2);
        let old_number = if old == 7 { FOREIGN.to_owned() } else { number_of(&env, old) };
        filled(&env, &profile(new), &old_number);
        let asked = if new == 7 { 3 } else { 2 };
        assert_eq!(after(&env, &[]), (number_of(&env, new), asked), "{old} {new}");
        assert_eq!(env.rows("list.csv").note(0), "");
        let first = env.read("list.csv");
        assert_eq!(after(&env, &[]), (number_of(&env, new), asked), "{old} {new}");
        assert_eq!(env.read("list.csv"), first);
    }
}

#[test]
fn an_edited_row_never_keeps_the_old_number_while_it_waits_either() {
    let env = env();
    ask(&env, 0..1);
    filled(&env, &profile(7), &number_of(&env, 0));
    env.bulk(&[&IN_PLACE[..], &["--limit=0"]].concat()).exits(0);
    let rows = env.rows("list.csv");
    assert_eq!((rows.cell(0, "phone_number"), rows.status(0)), ("", "not_submitted"));
}

#[test]
fn an_edited_row_that_names_nobody_any_more_loses_the_number_too() {
    let env = env();
    ask(&env, 0..1);
    for (number, kept) in [(number_of(&env, 0), false), (FOREIGN.to_owned(), true)] {
        let nobody = "https://www.linkedin.com/company/acme";
        env.write(
            "list.csv",
            format!("{HEADER}{},{FOREIGN},US,found,\n{nobody},{number},US,found,\n", profile(0)),
        );
        env.bulk(&IN_PLACE).exits(0);
        let rows = env.rows("list.csv");
        assert_eq!(rows.cell(0, "phone_number"), number_of(&env, 0));
        let told = (rows.cell(1, "phone_number"), rows.status(1));
        assert_eq!(told, if kept { (FOREIGN, "found") } else { ("", "invalid") });
        assert_eq!(rows.note(1).contains("came with the row"), kept, "{}", rows.note(1));
    }
}

#[test]
fn a_row_of_another_ledger_keeps_its_number_and_says_so() {
    let env = env();
    let other = |call: Call| call.ledger(env.path("other.db")).run();
    env.write("ours.csv", people_csv_of(0..10));
    env.write("theirs.csv", people_csv_of(10..20));
    env.bulk(&["ours.csv", "-o", "ours-out.csv"]).exits(0);
    other(env.bulk_command(&["theirs.csv", "-o", "theirs-out.csv"])).exits(0);
    let theirs = env.read("theirs-out.csv");
    let (_, their_rows) = theirs.split_once('\n').unwrap();
    let merged = env.read("ours-out.csv") + their_rows;
    env.write("list.csv", &merged);
    let run = env.bulk(&IN_PLACE);
    run.exits(0).says("10 already filled in").says("nothing new to search");
    let rows = env.assert_rows_right("list.csv", "list.csv");
    for row in 0..20 {
        assert_eq!(rows.note(row).contains("came with the row"), row >= 10, "{}", rows.note(row));
    }
    assert_eq!(searches(&env), 20);
    // The same again gives the same.
    let first = env.read("list.csv");
    env.bulk(&IN_PLACE).exits(0);
    assert_eq!(env.read("list.csv"), first);
    // Its own ledger knows better.
    other(env.bulk_command(&IN_PLACE)).exits(0);
    assert_eq!(env.rows("list.csv").note(15), "");
    env.assert_nobody_searched_twice();
}

#[test]
fn a_refresh_asks_for_rows_that_are_filled_in_and_keeps_the_number_until_it_can() {
    let env = env();
    filled(&env, &profile(7), FOREIGN);
    let args = [&IN_PLACE[..], &["--refresh", "--limit=0"]].concat();
    env.bulk(&args).exits(0).says("1 row keeps an earlier answer");
    assert_eq!(env.rows("list.csv").cell(0, "phone_number"), FOREIGN);
    assert_eq!(after(&env, &["--refresh"]), (number_of(&env, 7), 1));
}

#[test]
fn a_number_that_is_too_old_is_asked_for_again_also_where_the_row_has_it() {
    let env = env();
    ask(&env, 0..1);
    filled(&env, &profile(0), &number_of(&env, 0));
    assert_eq!(after(&env, &["--max-age=1d"]), (number_of(&env, 0), 1));
    assert_eq!(after(&env, &["--max-age=0s"]), (number_of(&env, 0), 2));
    // How old a number of another ledger is nobody knows.
    filled(&env, &profile(7), FOREIGN);
    assert_eq!(after(&env, &["--max-age=0s"]), (FOREIGN.to_owned(), 2));
}

#[test]
fn numbers_of_a_sandbox_never_stay_in_a_real_file() {
    let env = env();
    let original = people_csv_of(0..10);
    env.write("list.csv", &original);
    // A trial over the user's own file.
    env.bulk(&[&IN_PLACE[..], &["--sandbox"]].concat()).exits(0);
    let tried = env.rows("list.csv");
    assert!(tried.count("found") > 0, "{:?}", tried.statuses());
    for row in 0..10 {
        assert!(tried.note(row).starts_with("made up by the sandbox"), "{}", tried.note(row));
    }
    assert_eq!(env.control().posts(), 0);
    // The sandbox of this test plays the real Enrow.
    env.bulk(&IN_PLACE).exits(0).says("10 people to search");
    let rows = env.assert_rows_right("list.csv", "list.csv");
    rows.assert_same_people_as(&Rows::read(&original));
    assert!((0..10).all(|row| rows.note(row).is_empty()));
    assert_eq!(searches(&env), 10);
    // A trial over the real file costs none of the real numbers.
    for more in [&["--sandbox"][..], &["--sandbox", "--refresh"]] {
        env.bulk(&[&IN_PLACE[..], more].concat()).exits(0).says("10 already filled in");
        env.assert_rows_right("list.csv", "list.csv");
    }
    env.bulk(&IN_PLACE).exits(0);
    env.assert_rows_right("list.csv", "list.csv");
    assert_eq!(searches(&env), 10);
}

#[test]
fn a_sandbox_that_is_served_marks_its_rows_too() {
    let env = env();
    filled(&env, &profile(0), "");
    env.bulk_command(&IN_PLACE).key("sandbox").run().exits(0);
    assert_eq!(env.rows("list.csv").note(0), "made up by the sandbox");
    let id = env.control().batches()[0].id.clone();
    let fetched = env.command(["fetch", &id]).key("sandbox").run();
    assert_eq!(fetched.exits(0).rows().note(0), "made up by the sandbox");
}

#[test]
fn a_row_that_is_left_out_keeps_what_the_ledger_confirms() {
    let env = env();
    ask(&env, 0..1);
    let number = number_of(&env, 0);
    let header = format!("mail,{HEADER}");
    let row =
        |person, number: &str| format!("a@b.example,{},{number},US,found,\n", profile(person));
    env.write("list.csv", format!("{header}{}{}", row(0, &number), row(7, &number)));
    env.bulk(&[&IN_PLACE[..], &["--skip-filled=mail"]].concat()).exits(0);
    let rows = env.rows("list.csv");
    assert_eq!((rows.status(0), rows.cell(0, "phone_number")), ("found", &*number));
    assert_eq!((rows.status(1), rows.cell(1, "phone_number")), ("skipped", ""));
    assert_eq!(searches(&env), 1);
}

#[test]
fn a_person_found_by_another_name_says_so() {
    let env = env();
    let header = "firstname,lastname,company_name,linkedin_url\n";
    env.write("full.csv", format!("{header}Ada,Lind,Quarry Lane,{}\n", profile(0)));
    env.bulk(&["full.csv", "-o", "out.csv"]).exits(0);
    assert_eq!(env.rows("out.csv").note(0), "");
    env.write("name.csv", format!("{header}Ada,Lind,Quarry Lane,\n"));
    for _ in 0..2 {
        env.bulk(&["name.csv", "-o", "out.csv"]).exits(0).says("nothing new to search");
        let rows = env.rows("out.csv");
        assert_eq!(rows.cell(0, "phone_number"), number_of(&env, 0));
        assert!(rows.note(0).contains("same person in another row"), "{}", rows.note(0));
    }
    assert_eq!(searches(&env), 1);
}
