//! Runs at the same time on the same ledger: each person is searched once, and everybody's output is whole.

use crate::support::people::{people_csv, people_csv_of};
use crate::support::{PATIENCE, Started, TestEnv, busiest_second, side_by_side};
use enrow_phone::sandbox::{Control, Endpoint, Faults, Pace, Settings};
use std::time::Duration;

fn env(settings: Settings) -> TestEnv {
    let env = TestEnv::new(settings);
    env.write("people.csv", people_csv(160));
    env
}

/// Begins four runs at once, each with an output of its own.
fn four(env: &TestEnv) -> [Started; 4] {
    ["0", "1", "2", "3"].map(|number| {
        let output = format!("out-{number}.csv");
        env.spawn_bulk(&["people.csv", "-o", &output, "--batch-size=10"])
    })
}

/// Checks the outputs of those that were not killed: whole and equal.
#[track_caller]
fn assert_whole_and_equal(env: &TestEnv, runs: &[usize]) {
    let output = |number: &usize| format!("out-{number}.csv");
    for number in runs {
        env.assert_rows_right("people.csv", &output(number));
        assert_eq!(env.read(&output(number)), env.read(&output(&runs[0])));
    }
    env.assert_nobody_searched_twice();
}

#[test]
fn four_runs_search_each_person_once() {
    let paces = [0, 300, 1500].map(|ms| Pace::Takes(Duration::from_millis(ms)));
    side_by_side(paces, |pace| {
        let env = env(Settings { pace: *pace, ..Settings::default() });
        for run in four(&env) {
            run.finish().exits(0).does_not_say("may have been paid");
        }
        assert_whole_and_equal(&env, &[0, 1, 2, 3]);
        let control = env.control();
        let searched: usize = control.batches().iter().map(|batch| batch.requested).sum();
        assert_eq!(searched, 160);
        // Each of the other three may be late by one POST on a busy machine.
        let requests = control.requests();
        let early = requests.iter().filter(|request| request.status == Some(429)).count();
        assert!(early <= 3, "{early} POSTs too early");
        let busiest = busiest_second(&control);
        assert!(busiest <= 10 + 3, "{busiest} in a second");
    });
}

#[test]
fn a_run_that_dies_while_its_batches_run_is_taken_over() {
    let env = env(Settings { pace: Pace::Held, ..Settings::default() });
    let control = env.control();
    let mut runs = four(&env).into_iter();
    let taken = |control: &Control| {
        let requested: usize = control.batches().iter().map(|batch| batch.requested).sum();
        requested == 160 && control.batches().iter().all(|batch| batch.polls > 0)
    };
    assert!(control.wait_until(PATIENCE, taken));
    // One of them or three: the one that is left collects everything.
    let last = runs.next_back().unwrap();
    runs.for_each(|run| drop(run.kill()));
    env.let_deaths_be_seen();
    control.release();
    last.finish().exits(0);
    assert_whole_and_equal(&env, &[3]);
    assert_eq!(control.posts(), control.taken());
}

#[test]
fn a_run_that_dies_during_its_post_leaves_its_people_unclear() {
    // Nobody can tell any more whether Enrow took the batch: only a person gives it up.
    for (kind, taken) in [("hang", 0), ("hang-after", 1)] {
        let env = env(Settings {
            faults: format!("post:1={kind}").parse().unwrap(),
            ..Settings::default()
        });
        let control = env.control();
        let first = env.spawn_bulk(&["people.csv", "-o", "first.csv"]);
        assert!(control.wait_until(PATIENCE, |control| control.posts() == 1));
        let second = env.spawn_bulk(&["people.csv", "-o", "out.csv", "--progress=never"]);
        // It waits for people whom the other one has sent.
        second.wait_for_message("160 already submitted");
        control.change(|settings| settings.faults = Faults::default());
        first.kill();
        env.let_deaths_be_seen();
        second.finish().exits(6);
        let rows = env.assert_no_row_wrong("people.csv", "out.csv");
        assert_eq!(rows.count("unknown"), 160);
        env.assert_posts(1);
        assert_eq!(control.taken(), taken);
    }
}

#[test]
fn a_slow_post_of_another_run_is_waited_for() {
    let env = env(Settings { faults: "post:1=slow/2s".parse().unwrap(), ..Settings::default() });
    let control = env.control();
    let first = env.spawn_bulk(&["people.csv", "-o", "out-0.csv"]);
    assert!(control.wait_until(PATIENCE, |control| control.posts() == 1));
    let second = env.spawn_bulk(&["people.csv", "-o", "out-1.csv"]);
    first.finish().exits(0);
    second.finish().exits(0);
    assert_whole_and_equal(&env, &[0, 1]);
    env.assert_posts(1);
}

#[test]
fn a_doubt_of_one_run_is_not_judged_while_another_sends() {
    // The first loses an answer; the second waits for the answer to a POST all the while. It comes before the first
    // gives up.
    side_by_side([("hang", 0), ("hang-after", 40)], |&(kind, unknown)| {
        let env = TestEnv::new(Settings {
            faults: format!("post:1={kind}, post:2=slow/4s").parse().unwrap(),
            ..Settings::default()
        });
        let control = env.control();
        env.write("a.csv", people_csv_of(0..40));
        env.write("b.csv", people_csv_of(40..80));
        let first = env.spawn_bulk(&["a.csv", "-o", "a-out.csv", "--request-timeout=3s"]);
        assert!(control.wait_until(PATIENCE, |control| control.posts() == 1));
        let second = env.spawn_bulk(&["b.csv", "-o", "b-out.csv"]);
        first.finish().exits(if unknown == 0 { 0 } else { 6 });
        second.finish().exits(0);
        let rows = env.assert_no_row_wrong("a.csv", "a-out.csv");
        assert_eq!((rows.count("unknown"), rows.answered()), (unknown, 40 - unknown));
        env.assert_rows_right("b.csv", "b-out.csv");
        env.assert_nobody_searched_twice();
    });
}

#[test]
fn files_that_share_people_share_their_answers() {
    let env = TestEnv::new(Settings {
        pace: Pace::Takes(Duration::from_millis(500)),
        ..Settings::default()
    });
    let names = ["a", "b", "c"];
    for (number, name) in names.iter().enumerate() {
        let people = people_csv_of(number * 40..number * 40 + 80);
        env.write(&format!("{name}.csv"), &people);
    }
    let runs = names.map(|name| {
        let (input, output) = (format!("{name}.csv"), format!("{name}-out.csv"));
        env.spawn_bulk(&[&input, "-o", &output, "--batch-size=15"])
    });
    for run in runs {
        run.finish().exits(0);
    }
    for name in names {
        env.assert_rows_right(&format!("{name}.csv"), &format!("{name}-out.csv"));
    }
    env.assert_nobody_searched_twice();
    let searched: usize = env.control().batches().iter().map(|b| b.requested).sum();
    assert_eq!(searched, 160);
}

#[test]
fn four_runs_with_little_credit_spend_it_once() {
    let env = env(Settings {
        credits: 80 * 40,
        pace: Pace::Takes(Duration::from_millis(200)),
        ..Settings::default()
    });
    for run in four(&env) {
        let run = run.finish();
        let code = run.code().unwrap();
        assert!([3, 5].contains(&code), "{code}: {}", run.stderr);
    }
    env.assert_nobody_searched_twice();
    let control = env.control();
    let answered = (0..4).map(|number| {
        let rows = env.assert_no_row_wrong("people.csv", &format!("out-{number}.csv"));
        rows.answered()
    });
    // Half of the people are affordable at once, and more with what comes back.
    assert!(answered.max() > Some(80));
    control.add_credits(10_000);
    env.bulk(&["people.csv", "-o", "out-0.csv"]).exits(0);
    assert_whole_and_equal(&env, &[0]);
}

#[test]
fn two_keys_on_one_ledger_search_nobody_twice() {
    let env =
        env(Settings { pace: Pace::Takes(Duration::from_millis(300)), ..Settings::default() });
    let runs = ["key-a", "key-b"].map(|key| {
        let output = format!("{key}.csv");
        let args = ["people.csv", "-o", &output, "--batch-size=10"];
        env.bulk_command(&args).key(key).spawn()
    });
    for run in runs {
        run.finish().exits(0);
    }
    for key in ["key-a", "key-b"] {
        env.assert_rows_right("people.csv", &format!("{key}.csv"));
    }
    env.assert_nobody_searched_twice();
}

#[cfg(unix)]
#[test]
fn runs_that_reach_one_ledger_by_different_ways_know_of_each_other() {
    let env = env(Settings { faults: "post:1=slow/2s".parse().unwrap(), ..Settings::default() });
    let control = env.control();
    env.run(["status"]).exits(0);
    let folder = env.path("elsewhere");
    std::os::unix::fs::symlink(env.ledger().parent().unwrap(), &folder).unwrap();
    let link = folder.join(env.ledger().file_name().unwrap());
    let first = env.bulk_command(&["people.csv", "-o", "out-0.csv"]).ledger(&link);
    let first = first.spawn();
    assert!(control.wait_until(PATIENCE, |control| control.posts() == 1));
    let second = env.spawn_bulk(&["people.csv", "-o", "out-1.csv"]);
    first.finish().exits(0);
    second.finish().exits(0);
    assert_whole_and_equal(&env, &[0, 1]);
    env.assert_posts(1);
}

#[test]
fn a_doubt_of_one_run_is_not_judged_by_the_patience_of_another() {
    // The first loses its answer while the second waits out a doubt of its own, and Enrow takes it a while later.
    let env = TestEnv::new(Settings {
        faults: "account:1=slow/2s, post:1-2=reset".parse().unwrap(),
        ..Settings::default()
    });
    let control = env.control();
    env.write("a.csv", people_csv_of(0..20));
    env.write("b.csv", people_csv_of(20..40));
    let patient = |input: &str, output: &str| {
        let call = env.bulk_command(&[input, "-o", output]);
        call.env("ENROW_PHONE_DOUBT_WAIT", "4s").spawn()
    };
    let first = patient("a.csv", "a-out.csv");
    let asked = |control: &Control| control.count(Endpoint::Account) == 1;
    assert!(control.wait_until(PATIENCE, asked));
    let second = patient("b.csv", "b-out.csv");
    assert!(control.wait_until(PATIENCE, |control| control.posts() == 2));
    std::thread::sleep(Duration::from_secs(3));
    control.spend_credits(20 * 40);
    first.finish().exits(6);
    second.finish();
    assert_eq!(env.rows("a-out.csv").count("unknown"), 20);
}
