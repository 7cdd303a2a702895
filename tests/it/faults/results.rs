//! Results with holes, strangers and contradictions: a number stands beside its own person or nowhere, and whoever got
//! no answer is asked for again, unless that would be paid again.

use crate::support::people::people_csv;
use crate::support::rows::Rows;
use crate::support::{TestEnv, side_by_side};
use enrow_phone::sandbox::{Control, Echo, Faults, Settings, Shapes};

const ARGS: [&str; 3] = ["people.csv", "-o", "out.csv"];

/// Thirty people, all of whom have a number.
fn env(faults: &str, echo: Echo, shapes: Shapes) -> TestEnv {
    let env = TestEnv::new(Settings {
        echo,
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
        ("batch:1=duplicated/3", Echo::Slashed, Shapes::Newest),
        ("batch:1=extra", Echo::AsSent, Shapes::Newest),
        ("batch:1=extra", Echo::Absent, Shapes::Newest),
        ("batch:1=misnumbered", Echo::Slashed, Shapes::Newest),
        ("batch:1=misnumbered", Echo::AsSent, Shapes::Older),
        ("batch:1=no-index", Echo::Slashed, Shapes::Newest),
        ("batch:1=no-params", Echo::Slashed, Shapes::Newest),
        ("batch:1=shuffled", Echo::Slashed, Shapes::Newest),
        ("batch:1=shuffled", Echo::Absent, Shapes::Older),
        ("batch:1=shuffled, batch:1=no-index", Echo::AsSent, Shapes::Newest),
        ("batch:1=text-index", Echo::Absent, Shapes::Newest),
        ("batch:1=ongoing/2", Echo::Slashed, Shapes::Newest),
        ("batch:1=late/2", Echo::Slashed, Shapes::Newest),
        ("batch:1=late/2s", Echo::Slashed, Shapes::Older),
    ];
    side_by_side(cases, |&(faults, echo, shapes)| {
        let env = env(faults, echo, shapes);
        env.bulk(&ARGS).exits(0);
        let rows = env.assert_rows_right("people.csv", "out.csv");
        assert_eq!(rows.count("found"), 30);
        env.assert_posts(1);
    });
}

/// Results that cannot be told apart or used: how many of thirty people get no answer, and what their notes say.
const USELESS: [(&str, Echo, usize, &str); 10] = [
    ("batch:1=bad-number/3", Echo::Slashed, 10, "E.164"),
    ("batch:1=contradicted/3", Echo::Slashed, 10, "contradict"),
    ("batch:1=contradicted/3", Echo::Absent, 10, "contradict"),
    ("batch:1=holes/3", Echo::Slashed, 10, "no result"),
    ("batch:1=holes/3, batch:1=shuffled", Echo::Absent, 10, "no result"),
    ("batch:1=no-index", Echo::Absent, 30, "no result"),
    ("batch:1=no-index, batch:1=no-params", Echo::Slashed, 30, "no result"),
    ("batch:1=no-results", Echo::Slashed, 30, "no result"),
    ("batch:1=strangers/3", Echo::Slashed, 10, "no result"),
    ("batch:1=unqualified/3", Echo::Slashed, 10, "`probable`"),
];

/// The note of the first row with this status.
fn note_of(rows: &Rows, status: &str) -> Option<String> {
    let row = (0..rows.len()).find(|row| rows.status(*row) == status);
    row.map(|row| rows.note(row).to_owned())
}

#[test]
fn results_that_cannot_be_used_but_were_charged_are_not_paid_again_unasked() {
    side_by_side(USELESS, |&(faults, echo, useless, words)| {
        let env = env(faults, echo, Shapes::Newest);
        for _ in 0..3 {
            env.bulk(&ARGS).exits(6);
            let rows = env.assert_no_row_wrong("people.csv", "out.csv");
            assert_eq!((rows.count("unknown"), rows.count("found")), (useless, 30 - useless));
            let note = note_of(&rows, "unknown").unwrap();
            assert!(note.contains(words), "{note}");
            env.assert_posts(1);
        }
        let people = format!("{useless} people may have been charged");
        let recover = |args: &[&str]| env.run([&["recover"], args].concat());
        recover(&[]).exits(3).says(&people);
        let resubmit = recover(&["--resubmit", "--yes"]);
        resubmit.exits(0).says(&format!("{useless} people are open again"));
        recover(&[]).exits(0);
        env.bulk(&ARGS).exits(0);
        let rows = env.assert_rows_right("people.csv", "out.csv");
        assert_eq!(rows.count("found"), 30);
        env.assert_posts(2);
        assert_eq!(env.control().batches()[1].requested, useless);
    });
}

#[test]
fn results_that_cannot_be_used_and_cost_nothing_are_failed_and_asked_for_again() {
    let free = |faults: &str, found_percent| {
        let env = TestEnv::new(Settings {
            faults: faults.parse().expect("faults"),
            found_percent,
            ..Settings::default()
        });
        env.write("people.csv", people_csv(30));
        env
    };
    let cases = [
        ("batch:1=failed", 100, 30, "failed"),
        ("batch:1=holes/3", 0, 10, "no result"),
        ("batch:1=no-results", 0, 30, "no result"),
        ("batch:1=unqualified/3", 0, 10, "`probable`"),
    ];
    side_by_side(cases, |&(faults, found_percent, failed, words)| {
        let env = free(faults, found_percent);
        env.bulk(&ARGS).exits(3);
        let rows = env.assert_no_row_wrong("people.csv", "out.csv");
        assert_eq!((rows.count("failed"), rows.answered()), (failed, 30 - failed));
        let note = note_of(&rows, "failed").unwrap();
        assert!(note.contains(words), "{note}");
        // Once a run: the next one asks for them, and for nobody else.
        env.assert_posts(1);
        env.bulk(&ARGS).exits(0);
        env.assert_rows_right("people.csv", "out.csv");
        env.assert_posts(2);
        assert_eq!(env.control().batches()[1].requested, failed);
    });
}

#[test]
fn what_is_not_finished_is_pending_and_collected_later() {
    let cases = ["batch:1=ongoing", "batch:1=stuck", "batch:1=late/10m"];
    side_by_side(cases, |faults| {
        let env = env(faults, Echo::Slashed, Shapes::Newest);
        let args = [&ARGS[..], &["--timeout=2s"]].concat();
        env.bulk(&args).exits(3).says("`--timeout` is over");
        let rows = env.assert_no_row_wrong("people.csv", "out.csv");
        assert_eq!(rows.count("pending"), 30);
        let id = env.control().batches()[0].id.clone();
        assert!(rows.note(0).contains(&id), "{}", rows.note(0));
        env.assert_posts(1);
    });
    let env = env("batch:1=stuck", Echo::Slashed, Shapes::Newest);
    let args = [&ARGS[..], &["--timeout=1s"]].concat();
    env.bulk(&args).exits(3);
    env.control().release();
    env.bulk(&ARGS).exits(0);
    assert_eq!(env.assert_rows_right("people.csv", "out.csv").count("found"), 30);
    env.assert_posts(1);
}

#[test]
fn one_bad_batch_of_several_spoils_no_other() {
    let env = env("batch:2=failed, batch:3=holes/2", Echo::Slashed, Shapes::Newest);
    let args = [&ARGS[..], &["--batch-size=10", "--timeout=5s"]].concat();
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
        let env = env(faults, Echo::Slashed, Shapes::Newest);
        env.bulk(&ARGS).exits(0);
        env.bulk(&["people.csv", "-o", "again.csv", "--refresh"]);
        let rows = env.assert_rows_right("people.csv", "again.csv");
        assert_eq!(rows.count("found"), 30, "{faults}");
        env.control().change(|settings| settings.faults = Faults::default());
        env.bulk(&["people.csv", "-o", "third.csv"]);
        assert_eq!(env.assert_rows_right("people.csv", "third.csv").count("found"), 30);
    }
}

#[test]
fn an_id_that_enrow_does_not_know_yet_is_asked_about_again_and_not_sent_again() {
    let env = env("batch:1=late/10m", Echo::Slashed, Shapes::Newest);
    let run = env.spawn_bulk(&ARGS);
    let asked = |control: &Control| control.polls() > 2;
    env.wait_until(asked);
    run.kill();
    env.assert_posts(1);
}
