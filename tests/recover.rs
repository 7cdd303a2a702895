//! `recover` and `forget`: what a person decides about the ledger.

#[expect(dead_code, reason = "each file of tests uses a part of it")]
mod support;

use enrow_phone::internal::{Identity, Profile};
use enrow_phone::sandbox::{Pace, Settings};
use support::people::{Person, people_csv};
use support::{Bench, PATIENCE};

/// A bench on which a batch of 20 people was taken and its answer lost.
fn in_doubt() -> Bench {
    let bench = Bench::with_faults("post:1=reset-after");
    bench.write_csv("in.csv", &people_csv(20));
    let run = bench.bulk(&["in.csv", "-o", "out.csv"]);
    run.exits(3).says("may have been taken");
    assert_eq!(bench.rows("out.csv").count("unknown"), 20);
    bench
}

fn id_of_the_batch(bench: &Bench) -> String {
    bench.control().batches()[0].id.clone()
}

#[test]
fn a_batch_in_doubt_is_listed_with_what_the_balance_says() {
    let bench = in_doubt();
    let run = bench.command("recover", &[]).run();
    run.exits(3).says("20 people").says("balance before it 1,000,000").says("recover BATCH_ID");
    bench.assert_posts(1);
}

#[test]
fn the_id_of_a_batch_in_doubt_brings_its_answers_back() {
    let bench = in_doubt();
    let id = id_of_the_batch(&bench);
    bench.command("recover", &[&id]).run().exits(0).says("20 people");
    bench.bulk(&["in.csv", "-o", "out.csv"]).exits(0);
    bench.assert_posts(1);
    bench.assert_rows_right("in.csv", "out.csv").assert_all_answered();
    // Enrow never said what the batch reserved, so nothing is learned from it.
    bench.write_csv("more.csv", &support::people::people_csv_of(50..60));
    bench.bulk(&["more.csv", "--dry-run"]).says("the highest documented price");
    bench.command("recover", &[&id]).run().exits(0).says("settled already");
}

#[test]
fn a_batch_in_doubt_that_still_runs_is_collected_by_the_next_run() {
    let bench = Bench::new(Settings {
        faults: "post:1=reset-after".parse().unwrap(),
        pace: Pace::Held,
        ..Settings::default()
    });
    bench.write_csv("in.csv", &people_csv(20));
    bench.bulk(&["in.csv", "-o", "out.csv"]).exits(3);
    let id = id_of_the_batch(&bench);
    bench.command("recover", &[&id]).run().exits(3).says("not finished yet");
    bench.control().release();
    bench.bulk(&["in.csv", "-o", "out.csv"]).exits(0);
    bench.assert_posts(1);
    bench.assert_rows_right("in.csv", "out.csv").assert_all_answered();
}

#[test]
fn a_wrong_id_changes_nothing() {
    let bench = in_doubt();
    // Somebody else's batch of the same account: same size, other people, another nonce.
    let other = bench.path("other.db");
    bench.write_csv("other.csv", &support::people::people_csv_of(100..120));
    bench.call(&["other.csv", "-o", "other-out.csv"]).ledger(&other).run().exits(0);
    let strangers = bench.control().batches()[1].id.clone();
    for id in [strangers.as_str(), "00000000-0000-0000-0000-000000000000"] {
        bench.command("recover", &[id]).run().exits(1).says("nothing was changed");
    }
    bench.command("recover", &["../../account/info"]).run().exits(2);
    let rows = bench.bulk(&["in.csv", "-o", "out.csv"]);
    rows.exits(3);
    assert_eq!(bench.rows("out.csv").count("unknown"), 20);
    bench.assert_posts(2);
}

#[test]
fn resubmitting_is_only_done_by_somebody_who_means_it() {
    let bench = in_doubt();
    bench
        .command("recover", &["--resubmit"])
        .run()
        .exits(2)
        .says("paid a second time")
        .says("--yes");
    bench.bulk(&["in.csv", "-o", "out.csv"]).exits(3);
    bench.assert_posts(1);
    bench.command("recover", &["--resubmit", "--yes"]).run().exits(0);
    bench.bulk(&["in.csv", "-o", "out.csv"]).exits(0);
    bench.assert_posts(2);
    bench.assert_rows_right("in.csv", "out.csv").assert_all_answered();
}

#[test]
fn whoever_is_forgotten_leaves_no_bytes_behind() {
    let bench = Bench::new(Settings::default());
    bench.write_csv("in.csv", &people_csv(300));
    bench.bulk(&["in.csv", "-o", "out.csv"]).exits(0);
    let person = Person::number(0);
    let key = Identity::Profile(Profile::parse(&person.profile).unwrap()).key();
    let in_files = || {
        let files = std::fs::read_dir(bench.folder()).unwrap();
        files
            .map(|file| file.unwrap().path())
            .filter(|path| path.file_name().unwrap().to_string_lossy().starts_with("ledger.db"))
            .any(|path| {
                let bytes = std::fs::read(path).unwrap_or_default();
                bytes.windows(16).any(|window| window == key.as_bytes())
            })
    };
    assert!(in_files(), "the digest is there before");
    bench.command("forget", &[&person.profile]).run().exits(0).says("forgot 1 of 1");
    assert!(!in_files(), "and nowhere afterwards");

    bench.bulk(&["in.csv", "-o", "out.csv"]).exits(0);
    assert_eq!(
        bench.control().times_searched(&person.search()),
        2,
        "asked for again, as somebody new"
    );
    bench.assert_posts(2);
}

#[test]
fn whoever_is_suppressed_is_never_searched_for_again() {
    let bench = Bench::new(Settings::default());
    bench.write_csv("in.csv", &people_csv(12));
    let (by_profile, by_name) = (Person::number(0), Person::number(2));
    bench.command("forget", &["--suppress", &by_profile.profile]).run().exits(0);
    let name = [
        "--suppress",
        "--first",
        &by_name.first,
        "--last",
        &by_name.last,
        "--domain",
        &by_name.domain,
    ];
    bench.command("forget", &name).run().exits(0);
    bench.bulk(&["in.csv", "-o", "out.csv"]).exits(0);
    bench.bulk(&["in.csv", "-o", "out.csv", "--refresh"]).exits(0);
    for person in [by_profile, by_name] {
        assert_eq!(bench.control().times_searched(&person.search()), 0);
    }
    let rows = bench.rows("out.csv");
    assert_eq!((rows.status(0), rows.status(2)), ("invalid", "invalid"));
    assert!(rows.note(0).contains("suppressed"), "{}", rows.note(0));
}

#[test]
fn forgetting_everybody_wants_to_be_meant() {
    let bench = Bench::new(Settings::default());
    bench.write_csv("in.csv", &people_csv(12));
    bench.bulk(&["in.csv", "-o", "out.csv"]).exits(0);
    bench.command("forget", &["--all"]).run().exits(2).says("--yes");
    bench.bulk(&["in.csv", "-o", "out.csv"]).exits(0);
    bench.assert_posts(1);
    bench.command("forget", &["--all", "--yes"]).run().exits(0).says("forgot 12 people");
    bench.bulk(&["in.csv", "-o", "out.csv"]).exits(0);
    bench.assert_posts(2);
    bench.command("forget", &[]).run().exits(2);
}

#[test]
fn an_answer_for_somebody_who_was_forgotten_meanwhile_is_given_to_nobody() {
    let bench = Bench::new(Settings { pace: Pace::Held, ..Settings::default() });
    bench.write_csv("in.csv", &people_csv(12));
    let run = bench.spawn_bulk(&["in.csv", "-o", "out.csv"]);
    assert!(bench.control().wait_until(PATIENCE, |control| control.polls() > 0));
    bench.command("forget", &[&Person::number(0).profile]).run().exits(0).says("under way");
    bench.control().release();
    run.finish().exits(0);
    let rows = bench.assert_rows_right("in.csv", "out.csv");
    assert_eq!(rows.status(0), "invalid");
    assert_eq!(rows.answered(), 11);
}
