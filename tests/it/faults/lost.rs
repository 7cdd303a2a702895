//! Answers to POSTs that are lost: a batch that may have been paid is never sent again without proof.

use crate::support::people::{people_csv, people_csv_of};
use crate::support::{PATIENCE, TestEnv, side_by_side};
use enrow_phone::sandbox::{Control, Endpoint, Faults, Pace, Settings};
use std::time::Duration;

/// Sixty people in three batches; a request is given up after a second.
const ARGS: [&str; 5] = ["people.csv", "-o", "out.csv", "--batch-size=20", "--request-timeout=1s"];

/// Losses after which the batch is taken, and nothing of its id arrives.
const TAKEN: [&str; 8] = [
    "500-after", "503-after", "close-after", "garbage", "hang-after", "html-after/200",
    "html-after/201", "reset-after",
];

/// Losses after which it is not, though nobody can tell from what arrives.
const NOT_TAKEN: [&str; 10] =
    ["408", "500", "502", "503", "504", "close", "hang", "html/201", "html/502", "reset"];

fn env(faults: &str) -> TestEnv {
    let env = TestEnv::with_faults(faults);
    env.write("people.csv", people_csv(60));
    env
}

/// Where everybody has a number, no balance is believed later because of a refund.
fn env_without_refunds(faults: &str) -> TestEnv {
    let faults = faults.parse().expect("a fault");
    let env = TestEnv::new(Settings { faults, found_percent: 100, ..Settings::default() });
    env.write("people.csv", people_csv(60));
    env
}

#[test]
fn a_lost_answer_is_never_resent() {
    let each = |kind| (1..=3).map(move |post| (kind, post));
    side_by_side(TAKEN.into_iter().flat_map(each), |(kind, post)| {
        let env = env_without_refunds(&format!("post:{post}={kind}"));
        let run = env.bulk(&ARGS);
        run.exits(6).says("may have been paid").says("recover BATCH_ID");
        let rows = env.assert_no_row_wrong("people.csv", "out.csv");
        assert_eq!((rows.count("unknown"), rows.answered()), (20, 40));
        assert!((20 * (post - 1)..20 * post).all(|row| rows.status(row) == "unknown"));
        env.assert_posts(3);

        // Not by the next run either, and it does not keep others from being searched.
        env.control().change(|settings| settings.faults = Faults::default());
        env.bulk(&ARGS).exits(6).says("may have been paid");
        env.assert_posts(3);
        env.write("more.csv", people_csv(70));
        env.bulk(&["more.csv", "-o", "more-out.csv"]).exits(6);
        let rows = env.assert_no_row_wrong("more.csv", "more-out.csv");
        assert_eq!((rows.count("unknown"), rows.answered()), (20, 50));
        env.assert_posts(4);

        // Its id, which the dashboard shows, brings the answers in.
        let id = env.control().batches()[post - 1].id.clone();
        env.run(["recover", &id]).exits(0);
        env.bulk(&ARGS).exits(0);
        env.assert_rows_right("people.csv", "out.csv");
        env.assert_nobody_searched_twice();
        env.assert_posts(4);
    });
}

#[test]
fn what_the_balance_proves_untaken_is_sent_again_by_the_same_run() {
    let each = |kind| (1..=3).map(move |post| (kind, post));
    side_by_side(NOT_TAKEN.into_iter().flat_map(each), |(kind, post)| {
        let env = env(&format!("post:{post}={kind}"));
        let run = env.bulk(&ARGS);
        run.exits(0).says("the balance proves that Enrow did not take the lost batch");
        env.assert_rows_right("people.csv", "out.csv");
        env.assert_nobody_searched_twice();
        env.assert_posts(4);
    });
}

#[test]
fn an_answer_cut_short_behind_its_id_is_not_lost() {
    for kind in ["stall", "truncate"] {
        let env = env(&format!("post:2={kind}"));
        env.bulk(&ARGS).exits(0);
        env.assert_rows_right("people.csv", "out.csv");
        env.assert_nobody_searched_twice();
        env.assert_posts(3);
    }
}

#[test]
fn two_lost_answers_in_a_row_stop_the_sending() {
    let env = env("post:1-2=reset-after");
    env.bulk(&ARGS).exits(6).says("the answers to several batches were lost");
    env.assert_posts(2);
    let rows = env.assert_no_row_wrong("people.csv", "out.csv");
    assert_eq!((rows.count("unknown"), rows.count("not_submitted")), (40, 20));
    // Those who were never sent are sent by the next run.
    env.bulk(&ARGS).exits(6);
    let rows = env.assert_no_row_wrong("people.csv", "out.csv");
    assert_eq!((rows.count("unknown"), rows.answered()), (40, 20));
    env.assert_posts(3);
    env.assert_nobody_searched_twice();
}

#[test]
fn an_enrow_that_never_answers_is_not_asked_for_ever() {
    let env = env("post:*=reset");
    env.bulk(&ARGS).exits(3).says("the answers to several batches were lost");
    // Two losses in a row end a round, and after five proofs that nothing was taken there is no further round.
    assert!(env.control().posts() <= 12, "{} POSTs", env.control().posts());
    let rows = env.assert_no_row_wrong("people.csv", "out.csv");
    assert_eq!(rows.count("not_submitted"), 60);
    env.control().change(|settings| settings.faults = Faults::default());
    env.bulk(&ARGS).exits(0);
    env.assert_rows_right("people.csv", "out.csv");
    env.assert_nobody_searched_twice();
}

#[test]
fn a_proof_holds_while_other_batches_run() {
    for (kind, code) in [("reset", 0), ("reset-after", 6)] {
        let env = TestEnv::new(Settings {
            faults: format!("post:3={kind}").parse().unwrap(),
            pace: Pace::Takes(Duration::from_secs(2)),
            ..Settings::default()
        });
        env.write("people.csv", people_csv(60));
        env.bulk(&ARGS).exits(code);
        let rows = env.assert_no_row_wrong("people.csv", "out.csv");
        let unknown = if code == 0 { 0 } else { 20 };
        assert_eq!((rows.count("unknown"), rows.answered()), (unknown, 60 - unknown));
        env.assert_nobody_searched_twice();
    }
}

#[test]
fn a_balance_that_is_not_exactly_right_proves_nothing() {
    // Not taken, but somebody else has used the account: less, more, and just as much as the batch would have.
    side_by_side([(1, 0), (0, 1), (0, 800), (800, 0), (1000, 0)], |(spent, added)| {
        let faults = format!("post:2=hang, post:2=spend/{spent}");
        let env = env(&faults);
        let control = env.control();
        let run = env.spawn_bulk(&ARGS);
        let sent = |control: &Control| control.posts() == 2;
        assert!(control.wait_until(PATIENCE, sent));
        control.add_credits(*added);
        run.finish().exits(6).says("may have been paid");
        let rows = env.assert_no_row_wrong("people.csv", "out.csv");
        assert_eq!((rows.count("unknown"), rows.answered()), (20, 40));
        assert_eq!(control.taken(), 2);
        env.assert_posts(3);
    });
}

#[test]
fn a_run_that_begins_while_batches_run_has_no_balance_to_compare_with() {
    let env = TestEnv::held_with_faults("post:2=reset");
    let control = env.control();
    env.write("people.csv", people_csv(20));
    env.bulk(&["people.csv", "-o", "out.csv", "--detach"]);
    // Its refund is in the balance before any run of ours has heard of it.
    control.release();
    control.change(|settings| settings.pace = Pace::INSTANT);
    env.write("people.csv", people_csv(60));
    env.bulk(&ARGS).says("the balance proves nothing").says("were running or unclear");
    let rows = env.assert_no_row_wrong("people.csv", "out.csv");
    assert_eq!((rows.count("unknown"), rows.answered()), (20, 40));
    env.assert_nobody_searched_twice();
}

#[test]
fn a_batch_that_others_hide_in_the_balance_is_not_sent_again_by_a_later_run() {
    let env = env("post:1=reset-after");
    env.bulk(&ARGS).exits(6);
    // By now the books hold two more batches with their refunds; the doubt stays.
    for _ in 0..2 {
        env.bulk(&ARGS).exits(6);
    }
    env.assert_posts(3);
    env.assert_nobody_searched_twice();
}

#[test]
fn a_later_run_never_judges_a_lost_answer() {
    // The account cannot be read after the loss, and the run is killed while it tries. Whether the batch was taken or
    // not: by then the balance proves nothing, whatever it is.
    for kind in ["hang", "hang-after"] {
        let env = TestEnv::with_faults(&format!("post:1={kind}, account:2-=503"));
        env.write("people.csv", people_csv(20));
        let control = env.control();
        let run = env.spawn_bulk(&ARGS);
        let asked = |control: &Control| control.count(Endpoint::Account) > 1;
        assert!(control.wait_until(PATIENCE, asked));
        run.kill();
        env.let_deaths_be_seen();
        control.change(|settings| settings.faults = Faults::default());
        for _ in 0..2 {
            env.bulk(&ARGS);
            env.assert_posts(1);
            let rows = env.assert_no_row_wrong("people.csv", "out.csv");
            assert_eq!(rows.count("unknown"), 20);
        }
        let run = env.run(["recover"]);
        let listed = format!("{}{}", run.stdout, run.stderr);
        assert!(listed.contains("ended before the balance could prove anything"), "{listed}");
    }
}

#[test]
fn a_renewal_after_a_batch_was_charged_proves_nothing() {
    let env = env_without_refunds("post:2=reset-after");
    env.bulk(&ARGS).says("the balance proves nothing");
    // The plan renews: the balance is again what it was before the batch.
    env.control().add_credits(20 * 40);
    for _ in 0..2 {
        env.bulk(&ARGS);
        env.assert_posts(3);
    }
    let run = env.run(["recover"]);
    let listed = format!("{}{}", run.stdout, run.stderr);
    assert!(listed.contains("the balance proves nothing: it changed by more"), "{listed}");
    assert!(listed.contains(" since it was sent\n"), "{listed}");
    env.assert_nobody_searched_twice();
}

#[test]
fn a_wrong_id_recovers_nothing() {
    let env = env("post:2=reset-after");
    env.bulk(&ARGS).exits(6);
    let batches = env.control().batches();
    for (id, words) in [
        ("e3b61122-d6a6-4ea7-b331-9b734682a76a", "Could not retrieve"),
        (&batches[0].id, "is recovered"),
    ] {
        let run = env.run(["recover", id]);
        run.says(words);
        env.bulk(&ARGS).exits(6);
        let rows = env.assert_no_row_wrong("people.csv", "out.csv");
        assert_eq!((rows.count("unknown"), rows.answered()), (20, 40), "{id}");
    }
    // A batch of the same account that another ledger sent.
    env.write("others.csv", people_csv_of(500..520));
    let other = env.bulk_command(&["others.csv", "-o", "others-out.csv"]);
    other.ledger(env.path("other.db")).run().exits(0);
    let theirs = env.control().batches().last().unwrap().id.clone();
    let run = env.run(["recover", &theirs]);
    run.exits(1).says("none of the unclear batches").says("nothing was changed");
    env.bulk(&ARGS).exits(6);
    let rows = env.assert_no_row_wrong("people.csv", "out.csv");
    assert_eq!((rows.count("unknown"), rows.answered()), (20, 40));
    env.assert_posts(4);
}

#[test]
fn a_batch_is_judged_by_the_time_since_its_answer_was_lost() {
    let env = env("post:1=hang");
    let control = env.control();
    let args = ["people.csv", "-o", "out.csv", "--request-timeout=2s"];
    let run = env.bulk_command(&args).env("ENROW_PHONE_DOUBT_WAIT", "2s").spawn();
    assert!(control.wait_until(PATIENCE, |control| control.posts() == 1));
    // Enrow is slow: it takes the batch when the request was given up already.
    std::thread::sleep(Duration::from_secs(3));
    control.spend_credits(60 * 40);
    run.finish().exits(6);
    assert_eq!(env.rows("out.csv").count("unknown"), 60);
    env.assert_posts(1);
}

#[test]
fn a_batch_that_enrow_does_not_show_blinds_the_proof() {
    let env = TestEnv::held_with_faults("batch:1=late/10m, post:2=reset-after");
    let control = env.control();
    env.write("people.csv", people_csv(20));
    env.bulk(&["people.csv", "-o", "out.csv", "--detach"]).exits(0);
    env.write("more.csv", people_csv_of(20..40));
    let args = ["more.csv", "-o", "out.csv", "--timeout=4s"];
    let run = env.bulk_command(&args).env("ENROW_PHONE_DOUBT_WAIT", "1s").spawn();
    assert!(control.wait_until(PATIENCE, |control| control.posts() == 2));
    // The first batch ends unseen with nobody found.
    control.add_credits(20 * 40);
    run.finish().exits(6);
    assert_eq!(env.rows("out.csv").count("unknown"), 20);
    env.assert_posts(2);
}

#[test]
fn what_another_key_has_under_way_blinds_the_proof() {
    let env = TestEnv::held_with_faults("post:2=reset-after");
    let control = env.control();
    // The key whose credits are moved below.
    env.run(["account"]).exits(0);
    env.write("people.csv", people_csv(20));
    let other = env.bulk_command(&["people.csv", "-o", "out.csv", "--detach"]);
    other.key("another-key").run().exits(0);
    env.write("more.csv", people_csv_of(20..40));
    let args = ["more.csv", "-o", "out.csv"];
    let run = env.bulk_command(&args).env("ENROW_PHONE_DOUBT_WAIT", "1s").spawn();
    assert!(control.wait_until(PATIENCE, |control| control.posts() == 2));
    // Both keys draw on one account, and the other key's batch ends with nobody found.
    control.add_credits(20 * 40);
    run.finish().exits(6);
    assert_eq!(env.rows("out.csv").count("unknown"), 20);
    env.assert_posts(2);
}
