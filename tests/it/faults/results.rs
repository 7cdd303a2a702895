//! Results with holes, strangers and contradictions: a number stands beside its own person or nowhere, and people who got
//! no answer stay claimed and are looked for again.

use crate::support::people::people_csv;
use crate::support::{TestEnv, side_by_side};
use enrow_phone::sandbox::{Control, Faults, Settings, Shapes};

const ARGS: [&str; 3] = ["people.csv", "-o", "out.csv"];

/// Thirty people, all of whom have a number.
fn env(faults: &str, shapes: Shapes) -> TestEnv {
    let env = TestEnv::new(Settings {
        faults: faults.parse().expect("faults"),
        found_percent: 100,
        shapes,
        ..Settings::default()
    });
    env.write("people.csv", people_csv(30));
    env
}

#[test]
fn results_that_can_be_told_apart_are_all_used() {
    let cases = [
        ("batch:1=duplicated/3", Shapes::Newest),
        ("batch=echo-slash, batch:1=extra", Shapes::Newest),
        ("batch=no-params, batch:1=extra", Shapes::Newest),
        ("batch:1=misnumbered", Shapes::Newest),
        ("batch=echo-slash, batch:1=misnumbered", Shapes::Older),
        ("batch:1=no-index", Shapes::Newest),
        ("batch:1=no-params", Shapes::Newest),
        ("batch:1=shuffled", Shapes::Newest),
        ("batch=no-params, batch:1=shuffled", Shapes::Older),
        ("batch=echo-slash, batch:1=shuffled, batch:1=no-index", Shapes::Newest),
        ("batch=no-params, batch:1=text-index", Shapes::Newest),
        // Our own proof comes back with each result.
        ("batch=no-params, batch:1=no-index", Shapes::Newest),
        ("batch:1=no-index, batch:1=no-params", Shapes::Newest),
        ("batch:1=ongoing/2", Shapes::Newest),
        ("batch:1=late/2", Shapes::Newest),
        ("batch:1=late/2s", Shapes::Older),
    ];
    side_by_side(cases, |&(faults, shapes)| {
        let env = env(faults, shapes);
        env.bulk(&ARGS).exits(0);
        let rows = env.assert_rows_right("people.csv", "out.csv");
        assert_eq!(rows.count("found"), 30);
        env.assert_posts(1);
    });
}

/// Results that cannot be told apart or used: how many of thirty people get no answer, and whether a number came that only
/// a person can give to them.
const USELESS: [(&str, &str, usize); 8] = [
    ("batch:1=bad-number/3", "unknown", 10),
    ("batch:1=contradicted/3", "unknown", 10),
    ("batch=no-params, batch:1=contradicted/3", "unknown", 10),
    ("batch:1=holes/3", "pending", 10),
    ("batch=no-params, batch:1=holes/3, batch:1=shuffled", "pending", 10),
    ("batch:1=no-results", "pending", 30),
    ("batch:1=strangers/3", "unknown", 10),
    ("batch:1=unqualified/3", "unknown", 10),
];

#[test]
fn who_has_no_usable_result_stays_claimed_and_is_not_paid_again() {
    side_by_side(USELESS, |&(faults, status, useless)| {
        let env = env(faults, Shapes::Newest);
        let args = [&ARGS[..], &["--timeout=10s"]].concat();
        for _ in 0..2 {
            env.bulk(&args).exits(if status == "unknown" { 6 } else { 3 });
            let rows = env.assert_no_row_wrong("people.csv", "out.csv");
            assert_eq!((rows.count(status), rows.count("found")), (useless, 30 - useless));
            env.assert_posts(1);
        }
    });
}

#[test]
fn a_batch_that_failed_and_cost_nothing_is_asked_for_again() {
    let env = env("batch:1=failed", Shapes::Newest);
    env.bulk(&ARGS).exits(3);
    let rows = env.assert_no_row_wrong("people.csv", "out.csv");
    assert_eq!(rows.count("failed"), 30);
    // Once a run: the next one asks for them.
    env.assert_posts(1);
    env.bulk(&ARGS).exits(0);
    env.assert_rows_right("people.csv", "out.csv");
    env.assert_posts(2);
}

/// Even where the counts say that they were free: counts decide nothing about a single person.
#[test]
fn silence_about_a_search_proves_nothing_and_asks_nobody_again() {
    let cases = [("batch:1=holes/3", 10), ("batch:1=no-results", 30), ("batch:1=odd-null/3", 10)];
    side_by_side(cases, |&(faults, silent)| {
        let env = TestEnv::new(Settings {
            faults: faults.parse().expect("faults"),
            found_percent: 0,
            ..Settings::default()
        });
        env.write("people.csv", people_csv(30));
        let args = [&ARGS[..], &["--timeout=10s"]].concat();
        for _ in 0..2 {
            env.bulk(&args).exits(3);
            let rows = env.assert_no_row_wrong("people.csv", "out.csv");
            assert_eq!((rows.count("pending"), rows.answered()), (silent, 30 - silent), "{faults}");
            env.assert_posts(1);
        }
    });
}

#[test]
fn what_is_not_finished_is_pending_and_collected_later() {
    let cases = [("batch:1=ongoing", 10), ("batch:1=stuck", 30), ("batch:1=late/10m", 30)];
    side_by_side(cases, |&(faults, pending)| {
        let env = env(faults, Shapes::Newest);
        let args = [&ARGS[..], &["--timeout=6s"]].concat();
        env.bulk(&args).exits(3).says("`--timeout` is over");
        let rows = env.assert_no_row_wrong("people.csv", "out.csv");
        assert_eq!(rows.count("pending"), pending);
        let id = env.control().batches()[0].id.clone();
        let row = (0..30).find(|row| rows.status(*row) == "pending").unwrap();
        assert!(rows.note(row).contains(&id), "{}", rows.note(row));
        env.assert_posts(1);
    });
    let env = env("batch:1=stuck", Shapes::Newest);
    let args = [&ARGS[..], &["--timeout=5s"]].concat();
    env.bulk(&args).exits(3);
    env.control().release();
    env.bulk(&ARGS).exits(0);
    assert_eq!(env.assert_rows_right("people.csv", "out.csv").count("found"), 30);
    env.assert_posts(1);
}

#[test]
fn one_bad_batch_of_several_spoils_no_other() {
    let env = env("batch:2=failed, batch:3=holes/2", Shapes::Newest);
    let args = [&ARGS[..], &["--batch-size=10", "--timeout=8s"]].concat();
    env.bulk(&args).exits(3);
    let rows = env.assert_no_row_wrong("people.csv", "out.csv");
    // Silence proves nothing: the five without a result keep their claim and are looked for again.
    let counts = ["failed", "pending", "found"].map(|status| rows.count(status));
    assert_eq!(counts, [10, 5, 15]);
    assert!((10..20).all(|row| rows.status(row) == "failed"));
    env.bulk(&args).exits(3);
    let rows = env.assert_no_row_wrong("people.csv", "out.csv");
    assert_eq!((rows.count("found"), rows.count("pending")), (25, 5));
}

#[test]
fn a_paid_number_is_kept_whatever_becomes_of_asking_again() {
    for faults in ["batch:2=failed", "batch:2=holes/1", "post:2=reset-after"] {
        let env = env(faults, Shapes::Newest);
        env.bulk(&ARGS).exits(0);
        env.bulk(&["people.csv", "-o", "again.csv", "--refresh", "--timeout=10s"]);
        let rows = env.assert_rows_right("people.csv", "again.csv");
        assert_eq!(rows.count("found"), 30, "{faults}");
        env.control().change(|settings| settings.faults = Faults::default());
        env.bulk(&["people.csv", "-o", "third.csv", "--timeout=10s"]);
        assert_eq!(env.assert_rows_right("people.csv", "third.csv").count("found"), 30);
    }
}

#[test]
fn an_id_that_enrow_does_not_know_yet_is_asked_about_again_and_not_sent_again() {
    let env = env("batch:1=late/10m", Shapes::Newest);
    let run = env.spawn_bulk(&ARGS);
    let asked = |control: &Control| control.polls() > 2;
    env.wait_until(asked);
    run.kill();
    env.let_deaths_be_seen();
    env.assert_posts(1);
}
