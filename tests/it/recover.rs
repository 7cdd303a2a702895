//! `recover` and `forget`: what a person decides about the ledger.

use crate::support::TestEnv;
use crate::support::people::{Person, people_csv};
use enrow_phone::internal::{Identity, Profile};
use enrow_phone::sandbox::{Answer, Pace, Settings};

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
    run.exits(6)
        .lists("unclear-1: the answer to this batch was lost")
        .lists("list `in.csv`")
        .lists("20 people, up to 1,000 credits, balance before it 1,000,000")
        .lists("`enrow-phone recover BATCH_ID`")
        .lists("`enrow-phone recover unclear-1 --resubmit`");
    env.run(["recover", "unclear-1"]).exits(6).lists("20 people");
    let json = env.run(["recover", "--json"]).exits(6).json();
    let unclear = &json["unclear"][0];
    assert_eq!(unclear["reason"], "lost_answer");
    assert_eq!((&unclear["label"], &unclear["handle"]), (&"in.csv".into(), &"unclear-1".into()));
    assert_eq!(
        (&unclear["people_unclear"], &unclear["credits_at_most"]),
        (&20.into(), &1000.into())
    );
    assert!(unclear["readings"][0]["balance"].is_i64() && json["balance"].is_u64(), "{json}");
    // Nobody is asked for a balance where there is none to compare, and the list does not need it.
    env.control().change(|settings| settings.faults = "account:1-=500".parse().unwrap());
    env.run(["recover"]).exits(6).lists("20 people").says("the balance cannot be read now");
    env.assert_posts(1);
}

/// Without `--ledger`, the command that is shown would look into another ledger, where nothing is unclear.
#[test]
fn a_command_that_is_shown_is_for_the_ledger_that_was_named() {
    let env = TestEnv::with_faults("post:1=reset-after");
    env.write("in.csv", people_csv(20));
    let ledger = ["--ledger", "my ledger.db"];
    env.bulk(&[&["in.csv", "-o", "out.csv"], &ledger[..]].concat())
        .exits(6)
        .says("run `enrow-phone recover --ledger 'my ledger.db' BATCH_ID`")
        .says("`enrow-phone recover --ledger 'my ledger.db' unclear-1 --resubmit`");
    let id = id_of_the_batch(&env);
    env.run([&["recover"], &ledger[..]].concat())
        .exits(6)
        .lists("`enrow-phone recover --ledger 'my ledger.db' unclear-1 --resubmit`");
    env.run(["recover", "--ledger", "my ledger.db", &id]).exits(0).says("is recovered");
    // The notes of a list are for whoever gets it.
    assert!(env.read("out.csv").contains("see `enrow-phone recover`"));
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
    let json = env.run(["recover", &id, "--json"]).exits(0).json();
    assert_eq!((&json["state"], &json["open"]), (&"recorded".into(), &0.into()));
}

#[test]
fn a_batch_in_doubt_that_still_runs_is_collected_by_the_next_run() {
    let env = TestEnv::held_with_faults("post:1=reset-after");
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
    env.run(["recover", "--resubmit", "--yes"]).exits(0).says("Up to 1,000 credits");
    // The first batch was paid; nobody else used the account.
    env.bulk(&["in.csv", "-o", "out.csv"]).exits(0).does_not_say("this ledger explains");
    env.assert_posts(2);
    env.assert_rows_right("in.csv", "out.csv");
    env.run(["recover"]).exits(0).says("nothing is unclear");
    env.run(["recover", "--resubmit", "--yes"]).exits(0).says("nothing was changed");
}

/// Who learns the id later gets what was paid for, whether the people were asked for again by then or not.
#[test]
fn a_batch_that_was_asked_for_again_is_recovered_by_its_id_all_the_same() {
    let env = in_doubt();
    let id = id_of_the_batch(&env);
    env.run(["recover", "--resubmit", "--yes"]).exits(0).says("20 people are open again");
    env.run(["fetch", &id, "-o", "fetched.csv", "--ledger", "other.db"]).exits(0);
    let run = env.run(["recover", &id]);
    run.exits(0).says("is recovered: 20 people");
    env.bulk(&["in.csv", "-o", "out.csv"]).exits(0);
    env.assert_posts(1);
    env.assert_rows_right("in.csv", "out.csv");

    // Asked for again meanwhile: the answers are there, and recording them once more changes nothing.
    let env = in_doubt();
    let id = id_of_the_batch(&env);
    env.run(["recover", "--resubmit", "--yes"]).exits(0);
    env.control().change(|settings| settings.pace = Pace::Held);
    env.bulk(&["in.csv", "-o", "out.csv", "--detach"]).exits(0);
    env.run(["recover", &id]).exits(0).says("is recovered");
    env.bulk(&["in.csv", "-o", "out.csv", "--timeout=2s"]);
    let found = env.assert_no_row_wrong("in.csv", "out.csv").count("found");
    env.control().release();
    env.bulk(&["in.csv", "-o", "out.csv"]).exits(0);
    assert_eq!(env.assert_rows_right("in.csv", "out.csv").count("found"), found);
    env.assert_posts(2);
}

#[test]
fn one_of_two_unclear_batches_is_asked_for_again_and_it_is_counted() {
    let env = TestEnv::with_faults("post:1-3=reset-after");
    env.write("a.csv", people_csv(20));
    env.write("b.csv", crate::support::people::people_csv_of(20..30));
    env.bulk(&["a.csv", "-o", "a-out.csv"]).exits(6);
    env.bulk(&["b.csv", "-o", "b-out.csv"]).exits(6);
    env.run(["recover", "unclear-2", "--resubmit", "--yes"]).exits(0).says("10 people are open");
    env.bulk(&["a.csv", "-o", "a-out.csv"]).exits(6);
    env.assert_posts(2);
    env.bulk(&["b.csv", "-o", "b-out.csv"]).exits(6);
    env.assert_posts(3);
    // The third answer was lost as well: a second `--resubmit` says what was done before.
    env.run(["recover"])
        .exits(6)
        .lists("10 people of these asked for again before, 10 times in all");
    let again = env.run(["recover", "unclear-3", "--resubmit"]);
    again.exits(2).says("10 people asked for again before, 10 times in all");
    env.run(["recover", "unclear-9", "--resubmit", "--yes"])
        .exits(0)
        .says("nothing of batch unclear-9 is unclear, nothing was changed");
}

#[test]
fn a_balance_that_one_of_several_lost_batches_explains_proves_nothing_of_any() {
    let faults = "post:1=reset-after, post:2=reset".parse().unwrap();
    let env = TestEnv::new(Settings { faults, pace: Pace::Held, ..Settings::default() });
    env.write("in.csv", people_csv(20));
    env.bulk(&["in.csv", "-o", "out.csv", "--batch-size", "10"]).exits(6);
    for id in ["unclear-1", "unclear-2"] {
        let run = env.run(["recover", id]);
        run.exits(6).lists("10 people").lists("-400, which proves nothing");
    }
    env.run(["recover", "unclear-2", "--resubmit", "--yes"]).exits(0);
    let run = env.run(["recover", "unclear-2"]);
    run.exits(0).says("nothing of batch unclear-2 is unclear");
}

/// Nothing but its index says whose a number is.
const BARE: &str = "batch:1-=no-params, batch:1-=no-custom, batch:1-=no-nonce";

/// Thirty people, so many of whom have a number that is not believed.
fn unproven(fault: &str, people: usize) -> TestEnv {
    let env = TestEnv::new(Settings {
        faults: fault.parse().unwrap(),
        found_percent: 100,
        ..Settings::default()
    });
    env.write("in.csv", people_csv(30));
    env.bulk(&["in.csv", "-o", "out.csv", "--timeout=5s"]).exits(6);
    assert_eq!(env.rows("out.csv").count("unknown"), people);
    env
}

#[test]
fn numbers_that_are_not_proven_are_named_in_the_note_and_taken_on_a_word() {
    let env = unproven(BARE, 30);
    let id = id_of_the_batch(&env);
    let (rows, row) = (env.rows("out.csv"), 7);
    let Answer::Found { number, .. } = env.control().answer_for(&rows.person(row).search()) else {
        panic!("everybody has a number");
    };
    assert!(rows.note(row).contains(&number), "{}", rows.note(row));
    assert!(rows.note(row).contains(&format!("recover {id} --accept")), "{}", rows.note(row));
    let list = env.run(["recover"]);
    list.exits(6)
        .lists(&number)
        .lists("nothing but the index of the result says whose it is")
        .lists("--accept");
    list.does_not_say(&number);
    // One, then the others; a number that nobody sent is nobody's.
    env.run(["recover", &id, "--accept=+12025550199"]).exits(6).says("0 numbers are accepted");
    env.run(["recover", &id, &format!("--accept={number}")]).exits(6).says("1 number is accepted");
    env.run(["recover", &id, "--accept"]).exits(0).says("29 numbers are accepted");
    env.run(["recover", &id, "--accept"]).exits(0).says("0 numbers are accepted");
    env.run(["recover"]).exits(0).says("nothing is unclear");
    env.bulk(&["in.csv", "-o", "out.csv"]).exits(0);
    env.assert_rows_right("in.csv", "out.csv");
    env.assert_posts(1);
    env.run(["recover", "b-unknown", "--accept"]).exits(1).says("does not know");
    env.run(["recover", "--accept"]).exits(2);
}

#[test]
fn a_number_against_which_something_speaks_is_taken_only_by_name() {
    for (fault, why) in [
        ("batch:1=strangers/3", "the result names somebody else"),
        ("batch:1=contradicted/3", "contradict each other"),
    ] {
        let env = unproven(fault, 10);
        let id = id_of_the_batch(&env);
        env.run(["recover"]).exits(6).lists(why).lists("--accept=NUMBER");
        env.run(["recover", &id, "--accept"]).exits(6).says("0 numbers are accepted");
        env.bulk(&["in.csv", "-o", "out.csv", "--timeout=5s"]).exits(6);
        let rows = env.assert_no_row_wrong("in.csv", "out.csv");
        assert_eq!(rows.count("unknown"), 10);
        env.assert_posts(1);
        // The command of a row does what its note says.
        let noted = (0..rows.len()).find_map(|row| {
            let (_, command) = rows.note(row).split_once("`enrow-phone ")?;
            Some(command.split_once('`')?.0.to_owned())
        });
        let noted = noted.expect("rows name a command");
        if !noted.ends_with("=NUMBER") {
            env.run(noted.split(' ')).exits(6).says("1 number is accepted");
        }
    }
}

#[test]
fn asking_again_for_an_unproven_number_is_no_pump() {
    let env = unproven(BARE, 30);
    let id = id_of_the_batch(&env);
    let run = env.run(["recover", &id, "--resubmit"]);
    run.exits(2).says("30 people").says("`--accept` takes for nothing");
    env.assert_posts(1);
    env.run(["recover", &id, "--resubmit", "--yes"]).exits(0).says("30 people are open");
    env.bulk(&["in.csv", "-o", "out.csv", "--timeout=5s"]).exits(6);
    env.assert_posts(2);
    // The old numbers are kept: the same word that paid again could have taken them.
    let json = env.run(["recover", "--json"]).exits(6).json();
    let people = json["unclear"].as_array().unwrap().iter();
    assert_eq!(people.map(|u| u["resubmitted_people"].as_u64().unwrap()).sum::<u64>(), 30);
    env.run(["recover", "--resubmit"])
        .exits(2)
        .says("30 people asked for again before, 30 times in all");
    env.run(["recover", &id, "--accept"]).exits(0).says("30 numbers are accepted");
    env.bulk(&["in.csv", "-o", "out.csv", "--timeout=5s"]);
    let rows = env.assert_no_row_wrong("in.csv", "out.csv");
    assert_eq!(rows.count("found"), 30);
}

#[test]
fn resubmit_asks_for_nobody_who_is_answered_by_now() {
    let faults = "batch=no-custom, batch=no-nonce, batch=no-params".parse().unwrap();
    let env = TestEnv::new(Settings { faults, found_percent: 100, ..Settings::default() });
    env.write("in.csv", people_csv(30));
    env.bulk(&["in.csv", "-o", "out.csv", "--timeout=5s"]).exits(6);
    assert_eq!(env.rows("out.csv").count("unknown"), 30);
    // By now the service echoes what was searched.
    env.control().mend();
    env.run(["recover", "--resubmit", "--yes"]).exits(0).says("nothing was changed");
    env.bulk(&["in.csv", "-o", "out.csv"]).exits(0);
    env.assert_rows_right("in.csv", "out.csv");
    env.assert_posts(1);
}

#[test]
fn a_forgotten_person_leaves_no_bytes_behind() {
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
fn a_suppressed_person_is_never_searched_for_again() {
    let env = TestEnv::new(Settings::default());
    env.write("in.csv", people_csv(12));
    let (by_profile, by_name) = (Person::number(0), Person::number(2));
    env.run(["forget", "--suppress", &by_profile.profile]).exits(0);
    let name = [
        "forget", "--suppress", "--first", &by_name.first, "--last", &by_name.last, "--domain",
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
    let first = Person::number(0);
    env.run(["forget", "--suppress", &first.profile]).exits(0);
    env.run(["forget", "--all", "--yes"])
        .exits(0)
        .says("forgot 11 people; people who are suppressed");
    env.bulk(&["in.csv", "-o", "out.csv"]).exits(0);
    env.assert_posts(2);
    assert_eq!(env.rows("out.csv").status(0), "skipped");
    env.run(["forget", "--all", "--and-suppressed", "--yes"]).exits(0).says("forgot 12 people");
    env.bulk(&["in.csv", "-o", "out.csv"]).exits(0);
    assert!(env.rows("out.csv").status(0) != "skipped");
    env.run(["forget", "--and-suppressed"]).exits(2);
    env.run(["forget"]).exits(2);
}

#[test]
fn an_answer_for_somebody_who_was_forgotten_meanwhile_is_given_to_nobody() {
    let env = TestEnv::new(Settings { pace: Pace::Held, ..Settings::default() });
    env.write("in.csv", people_csv(12));
    let run = env.spawn_bulk(&["in.csv", "-o", "out.csv"]);
    env.wait_until(|control| control.polls() > 0);
    env.run(["forget", &Person::number(0).profile])
        .exits(0)
        .says("1 batch without all its answers");
    env.control().release();
    run.finish().exits(0);
    let rows = env.assert_no_row_wrong("in.csv", "out.csv");
    assert_eq!(rows.status(0), "skipped");
    assert_eq!(rows.answered(), 11);
}

#[test]
fn a_lost_batch_of_somebody_who_is_forgotten_is_not_called_running() {
    let env = TestEnv::with_faults("post:1=reset-after");
    env.write("in.csv", people_csv(20));
    env.run(["bulk", "in.csv", "-o", "out.csv"]).exits(6);
    let [first, second] = [0, 1].map(|number| Person::number(number).profile);
    let forgotten = env.run(["forget", &first, &second, &first]);
    forgotten
        .exits(0)
        .says("forgot 2 of 2\n")
        .says("1 batch without all its answers searched for some of them");
    assert!(!forgotten.stderr.contains("running"), "{}", forgotten.stderr);
}

#[test]
fn a_ledger_that_goes_away_while_a_batch_is_recovered_is_told() {
    let env = in_doubt();
    let id = id_of_the_batch(&env);
    env.control().change(|settings| settings.faults = "get:1-=slow/2s".parse().unwrap());
    let (ledger, polls) = (env.path("gone.db"), env.control().polls());
    std::fs::copy(env.ledger(), &ledger).unwrap();
    let run = env.command(["recover", &id]).ledger(&ledger).spawn();
    env.wait_until(|control| control.polls() > polls);
    std::fs::remove_file(&ledger).unwrap();
    let run = run.finish();
    run.exits(6).says("the ledger was removed or replaced while this run used it");
    // The right file still knows what is in doubt.
    env.run(["recover", &id]).exits(0).says("20 people");
}
