//! `recover` and `forget`: what a person decides about the ledger.

use crate::support::TestEnv;
use crate::support::people::{Person, people_csv};
use enrow_phone::internal::{Identity, Profile};
use enrow_phone::sandbox::{Pace, Settings};

/// A env on which a batch of 20 people was taken and its answer lost.
fn in_doubt() -> TestEnv {
    let env = TestEnv::with_faults("post:1=reset-after");
    env.write("in.csv", people_csv(20));
    let run = env.bulk(&["in.csv", "-o", "out.csv"]);
    run.exits(6).says("may have been paid");
    assert_eq!(env.rows("out.csv").count("unknown"), 20);
    env
}

fn id_of_the_batch(env: &TestEnv) -> String {
    env.control().batches()[0].id.clone()
}

#[test]
fn a_batch_in_doubt_is_listed_with_what_the_balance_says() {
    let env = in_doubt();
    let run = env.run(["recover"]);
    run.exits(3).says("20 people").says("balance before it 1,000,000").says("recover BATCH_ID");
    env.assert_posts(1);
}

#[test]
fn the_id_of_a_batch_in_doubt_brings_its_answers_back() {
    let env = in_doubt();
    let id = id_of_the_batch(&env);
    env.run(["recover", &id]).exits(0).says("20 people");
    env.bulk(&["in.csv", "-o", "out.csv"]).exits(0);
    env.assert_posts(1);
    env.assert_rows_right("in.csv", "out.csv");
    // Enrow never said what the batch reserved, so nothing is learned from it.
    env.write("more.csv", crate::support::people::people_csv_of(50..60));
    env.bulk(&["more.csv", "--dry-run"]).says("on a legacy plan");
    env.run(["recover", &id]).exits(0).says("is recovered");
}

#[test]
fn a_batch_in_doubt_that_still_runs_is_collected_by_the_next_run() {
    let env = TestEnv::new(Settings {
        faults: "post:1=reset-after".parse().unwrap(),
        pace: Pace::Held,
        ..Settings::default()
    });
    env.write("in.csv", people_csv(20));
    env.bulk(&["in.csv", "-o", "out.csv"]).exits(6);
    let id = id_of_the_batch(&env);
    env.run(["recover", &id]).exits(3).says("not finished yet");
    env.control().release();
    env.bulk(&["in.csv", "-o", "out.csv"]).exits(0);
    env.assert_posts(1);
    env.assert_rows_right("in.csv", "out.csv");
}

#[test]
fn a_wrong_id_changes_nothing() {
    let env = in_doubt();
    // Somebody else's batch of the same account: same size, other people, another nonce.
    let other = env.path("other.db");
    env.write("other.csv", crate::support::people::people_csv_of(100..120));
    env.bulk_command(&["other.csv", "-o", "other-out.csv"]).ledger(&other).run().exits(0);
    let strangers = env.control().batches()[1].id.clone();
    for id in [strangers.as_str(), "00000000-0000-0000-0000-000000000000"] {
        env.run(["recover", id]).exits(1).says("nothing was changed");
    }
    env.run(["recover", "../../account/info"]).exits(2);
    let rows = env.bulk(&["in.csv", "-o", "out.csv"]);
    rows.exits(6);
    assert_eq!(env.rows("out.csv").count("unknown"), 20);
    env.assert_posts(2);
}

#[test]
fn resubmitting_is_only_done_by_somebody_who_means_it() {
    let env = in_doubt();
    env.run(["recover", "--resubmit"]).exits(2).says("paid a second time").says("--yes");
    env.bulk(&["in.csv", "-o", "out.csv"]).exits(6);
    env.assert_posts(1);
    env.run(["recover", "--resubmit", "--yes"]).exits(0);
    env.bulk(&["in.csv", "-o", "out.csv"]).exits(0);
    env.assert_posts(2);
    env.assert_rows_right("in.csv", "out.csv");
}

#[test]
fn whoever_is_forgotten_leaves_no_bytes_behind() {
    let env = TestEnv::new(Settings::default());
    env.write("in.csv", people_csv(300));
    env.bulk(&["in.csv", "-o", "out.csv"]).exits(0);
    let person = Person::number(0);
    let key = Identity::Profile(Profile::parse(&person.profile).unwrap()).key();
    let in_files = || {
        let files = std::fs::read_dir(env.folder()).unwrap();
        files
            .map(|file| file.unwrap().path())
            .filter(|path| path.file_name().unwrap().to_string_lossy().starts_with("ledger.db"))
            .any(|path| {
                let bytes = std::fs::read(path).unwrap_or_default();
                bytes.windows(16).any(|window| window == key.as_bytes())
            })
    };
    assert!(in_files(), "the digest is there before");
    env.run(["forget", &person.profile]).exits(0).says("forgot 1 of 1");
    assert!(!in_files(), "and nowhere afterwards");

    env.bulk(&["in.csv", "-o", "out.csv"]).exits(0);
    assert_eq!(
        env.control().times_searched(&person.search()),
        2,
        "asked for again, as somebody new"
    );
    env.assert_posts(2);
}

#[test]
fn whoever_is_suppressed_is_never_searched_for_again() {
    let env = TestEnv::new(Settings::default());
    env.write("in.csv", people_csv(12));
    let (by_profile, by_name) = (Person::number(0), Person::number(2));
    env.run(["forget", "--suppress", &by_profile.profile]).exits(0);
    let name = [
        "forget",
        "--suppress",
        "--first",
        &by_name.first,
        "--last",
        &by_name.last,
        "--domain",
        &by_name.domain,
    ];
    env.run(name).exits(0);
    env.bulk(&["in.csv", "-o", "out.csv"]).exits(0);
    env.bulk(&["in.csv", "-o", "out.csv", "--refresh"]).exits(0);
    for person in [by_profile, by_name] {
        assert_eq!(env.control().times_searched(&person.search()), 0);
    }
    let rows = env.rows("out.csv");
    assert_eq!((rows.status(0), rows.status(2)), ("skipped", "skipped"));
    assert!(rows.note(0).contains("suppressed"), "{}", rows.note(0));
}

#[test]
fn forgetting_everybody_wants_to_be_meant() {
    let env = TestEnv::new(Settings::default());
    env.write("in.csv", people_csv(12));
    env.bulk(&["in.csv", "-o", "out.csv"]).exits(0);
    env.run(["forget", "--all"]).exits(2).says("--yes");
    env.bulk(&["in.csv", "-o", "out.csv"]).exits(0);
    env.assert_posts(1);
    env.run(["forget", "--all", "--yes"]).exits(0).says("forgot 12 people");
    env.bulk(&["in.csv", "-o", "out.csv"]).exits(0);
    env.assert_posts(2);
    env.run(["forget"]).exits(2);
}

#[test]
fn an_answer_for_somebody_who_was_forgotten_meanwhile_is_given_to_nobody() {
    let env = TestEnv::new(Settings { pace: Pace::Held, ..Settings::default() });
    env.write("in.csv", people_csv(12));
    let run = env.spawn_bulk(&["in.csv", "-o", "out.csv"]);
    env.wait_until(|control| control.polls() > 0);
    env.run(["forget", &Person::number(0).profile]).exits(0).says("running batch");
    env.control().release();
    run.finish().exits(0);
    let rows = env.assert_no_row_wrong("in.csv", "out.csv");
    assert_eq!(rows.status(0), "skipped");
    assert_eq!(rows.answered(), 11);
}
