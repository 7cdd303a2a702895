//! What depends on the time that has passed. The ledger's moments are moved, so that no test waits for a day.

use crate::support::people::{people_csv, people_csv_of};
use crate::support::{PATIENCE, TestEnv, side_by_side};
use enrow_phone::sandbox::{Faults, Pace, Settings};
use std::time::Instant;

const ARGS: [&str; 4] = ["people.csv", "-o", "out.csv", "--timeout=10s"];

/// Moves what the ledger remembers a day back, as if it were tomorrow.
fn a_day_later(env: &TestEnv) {
    env.change_ledger(
        "UPDATE batches SET done_since = done_since - 86400000, done_since_server = done_since_server - 86400000,
             missing_since = missing_since - 86400000, missing_since_server = missing_since_server - 86400000",
    );
}

fn env(faults: &str, people: usize) -> TestEnv {
    let env = TestEnv::new(Settings {
        faults: faults.parse().unwrap(),
        found_percent: 100,
        ..Settings::default()
    });
    env.write("people.csv", people_csv(people));
    env
}

#[test]
fn what_was_paid_for_and_cannot_be_used_is_asked_for_again_on_a_word_and_counted() {
    let kinds = ["batch:1=no-results", "batch:1=failed-kept", "batch:1=unknown"];
    side_by_side(kinds, |faults| {
        let env = env(faults, 12);
        env.bulk(&ARGS);
        a_day_later(&env);
        env.bulk(&ARGS).exits(6);
        let rows = env.assert_no_row_wrong("people.csv", "out.csv");
        assert_eq!(rows.count("unknown"), 12, "{faults}");
        let id = env.control().batches()[0].id.clone();
        assert!(rows.note(0).contains(&id), "{}", rows.note(0));
        env.run(["recover"]).exits(6).lists("12 people").lists(&format!("recover {id} --resubmit"));
        // A second `--resubmit` by accident is stopped, and nobody is asked for without a word.
        env.run(["recover", "--resubmit"]).exits(2).says("Up to 480 credits");
        env.bulk(&ARGS).exits(6);
        env.assert_posts(1);
        env.run(["recover", &id, "--resubmit", "--yes"]).exits(0).says("12 people are open again");
        env.bulk(&ARGS).exits(0);
        env.assert_rows_right("people.csv", "out.csv");
        env.assert_posts(2);
        env.run(["recover"]).exits(0);
    });
}

/// The results come after all: they cost nothing more.
#[test]
fn a_batch_that_was_given_up_is_read_again_at_any_time() {
    let env = env("batch:1=ongoing/15s", 12);
    let brief = ["people.csv", "-o", "out.csv", "--timeout=5s"];
    env.bulk(&brief).exits(3);
    a_day_later(&env);
    env.bulk(&brief).exits(6);
    let rows = env.assert_no_row_wrong("people.csv", "out.csv");
    assert_eq!((rows.count("found"), rows.count("unknown")), (8, 4));
    let id = env.control().batches()[0].id.clone();
    let began = Instant::now();
    while env.run(["recover", &id]).code() != Some(0) {
        assert!(began.elapsed() < PATIENCE, "it is never recovered");
    }
    // People who are answered by now are not asked for again, whatever the word.
    env.run(["recover", "--resubmit", "--yes"]).exits(0).says("nothing was changed");
    env.bulk(&ARGS).exits(0);
    env.assert_rows_right("people.csv", "out.csv");
    env.assert_posts(1);
}

#[test]
fn a_paused_run_holds_nobody_up() {
    let env = TestEnv::new(Settings { pace: Pace::Held, ..Settings::default() });
    env.write("people.csv", people_csv(20));
    let paused = env.spawn_bulk(&["people.csv", "-o", "paused.csv"]);
    env.wait_until(|control| control.polls() > 0);
    paused.signal("STOP");
    env.control().release();
    // It said a moment ago that it is alive: its batch is left to it.
    env.bulk(&["people.csv", "-o", "out.csv", "--timeout=3s"]).exits(3);
    assert_eq!(env.rows("out.csv").count("pending"), 20);
    env.silence_runs();
    env.bulk(&["people.csv", "-o", "out.csv"]).exits(0);
    env.assert_rows_right("people.csv", "out.csv");
    paused.signal("CONT");
    paused.finish().exits(0);
    env.assert_rows_right("people.csv", "paused.csv");
    env.assert_posts(1);
}

#[test]
fn without_a_balance_nothing_is_sent_and_everything_is_collected_and_written() {
    let odd = ["500", "credits/-40", "credits/\"many\"", "html/200"];
    side_by_side(odd, |kind| {
        let env = env("", 10);
        env.bulk(&["people.csv", "-o", "out.csv", "--detach"]).exits(0);
        env.write("more.csv", people_csv_of(0..15));
        env.control()
            .change(|settings| settings.faults = format!("account:1-={kind}").parse().unwrap());
        let run = env.bulk(&["more.csv", "-o", "more-out.csv"]);
        run.exits(3).says("Enrow gives no balance");
        let rows = env.assert_no_row_wrong("more.csv", "more-out.csv");
        assert_eq!((rows.answered(), rows.count("not_submitted")), (10, 5), "{kind}");
        env.assert_posts(1);
        env.control().change(|settings| settings.faults = Faults::default());
        env.bulk(&["more.csv", "-o", "more-out.csv"]).exits(0);
        env.assert_rows_right("more.csv", "more-out.csv");
    });
}

#[test]
fn a_price_that_has_risen_does_not_pass_the_budget() {
    let env = env("", 5);
    env.bulk(&ARGS).exits(0);
    // 40 is learned; from now on a number costs 50.
    env.control().change(|settings| settings.price = 50);
    env.write("more.csv", people_csv_of(10..110));
    let before = env.control().credits();
    let run = env.bulk(&["more.csv", "-o", "more-out.csv", "--max-credits=4000"]);
    run.exits(5).says("`--max-credits` was reached");
    let after = env.control().credits();
    assert_eq!(after.charged - before.charged, 4000, "80 numbers at 50");
    let rows = env.assert_no_row_wrong("more.csv", "more-out.csv");
    assert_eq!((rows.count("found"), rows.count("not_submitted")), (80, 20));
    let sizes: Vec<usize> = env.control().batches().iter().map(|batch| batch.requested).collect();
    assert_eq!(sizes[1], 1, "the first batch under a budget is a probe");
}

/// Numbers that point to nobody may be anybody's: nobody of the batch is asked for again without a word.
#[test]
fn numbers_that_point_to_nobody_are_listed_and_asked_for_again_by_nobody() {
    let bare = "batch:1=no-index, batch:1=no-params, batch:1=no-custom, batch:1=no-nonce";
    let env = env(bare, 12);
    env.bulk(&ARGS).exits(3);
    let list = env.run(["recover"]);
    list.exits(6).lists("the result points to nobody in the batch").does_not_say("+1");
    a_day_later(&env);
    for _ in 0..2 {
        env.bulk(&ARGS).exits(6);
        assert_eq!(env.rows("out.csv").count("unknown"), 12);
        env.assert_posts(1);
    }
    let id = env.control().batches()[0].id.clone();
    env.run(["recover", &id, "--accept"]).exits(6).lists("points to nobody").says("0 numbers");
}

/// Without any echo and counted from 1, every number points to its neighbour: none is taken unnamed.
#[test]
fn numbers_that_point_to_the_neighbour_are_not_accepted_all_at_once() {
    let shifted = "batch:1=index-from-1, batch:1=no-params, batch:1=no-custom, batch:1=no-nonce";
    let env = env(shifted, 12);
    env.bulk(&ARGS).exits(6);
    let id = env.control().batches()[0].id.clone();
    env.run(["recover", &id, "--accept"]).exits(6).says("0 numbers are accepted");
    env.bulk(&ARGS).exits(6);
    let rows = env.assert_no_row_wrong("people.csv", "out.csv");
    assert_eq!(rows.count("found"), 0);
    env.assert_posts(1);
}
