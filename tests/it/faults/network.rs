//! GETs cost nothing, so they are repeated until they are answered.

use crate::support::people::people_csv;
use crate::support::{PATIENCE, TestEnv, side_by_side};
use enrow_phone::sandbox::{Pace, Settings};
use std::time::Duration;

const ARGS: [&str; 4] = ["people.csv", "-o", "out.csv", "--request-timeout=1s"];

const KINDS: [&str; 15] = [
    "429/1", "500", "503", "504", "close", "garbage", "hang", "html/200", "html/403", "html/502",
    "redirect/302", "refuse/1s", "reset", "stall", "truncate",
];

#[test]
fn a_flaky_network_costs_time_and_nothing_else() {
    let each = |kind| ["get:1-2", "account:1-2"].map(|target| format!("{target}={kind}"));
    side_by_side(KINDS.into_iter().flat_map(each), |faults| {
        let env = TestEnv::with_faults(faults);
        env.write("people.csv", people_csv(20));
        env.bulk(&ARGS).exits(0);
        env.assert_rows_right("people.csv", "out.csv");
        env.assert_nobody_searched_twice();
        env.assert_posts(1);
    });
}

#[test]
fn every_third_get_may_go_wrong() {
    let cases = ["get:33%=reset", "get:33%=503", "get:33%=truncate", "account:50%=503"];
    side_by_side(cases, |faults| {
        let env = TestEnv::new(Settings {
            faults: faults.parse().unwrap(),
            pace: Pace::Takes(Duration::from_millis(400)),
            ..Settings::default()
        });
        env.write("people.csv", people_csv(60));
        env.bulk(&["people.csv", "-o", "out.csv", "--batch-size=10"]).exits(0);
        env.assert_rows_right("people.csv", "out.csv");
        env.assert_nobody_searched_twice();
        env.assert_posts(6);
    });
}

#[test]
fn an_enrow_that_goes_away_while_a_batch_runs_is_waited_for() {
    let env = TestEnv::new(Settings { pace: Pace::Held, ..Settings::default() });
    let control = env.control();
    env.write("people.csv", people_csv(20));
    let run = env.spawn_bulk(&["people.csv", "-o", "out.csv", "-v"]);
    assert!(control.wait_until(PATIENCE, |control| control.polls() > 0));
    control.shut();
    control.release();
    run.wait_for_message("asking again");
    control.reopen().unwrap();
    run.finish().exits(0);
    env.assert_rows_right("people.csv", "out.csv");
    env.assert_posts(1);
}

#[test]
fn without_a_balance_nothing_is_submitted() {
    let env = TestEnv::with_faults("account:*=503");
    env.write("people.csv", people_csv(20));
    env.bulk(&ARGS).exits(3).says("Enrow gives no balance");
    env.assert_posts(0);
    assert_eq!(env.rows("out.csv").count("not_submitted"), 20);
}

#[test]
fn the_time_that_enrow_asks_for_is_waited() {
    let env = TestEnv::with_faults("get:1=429/2");
    env.write("people.csv", people_csv(20));
    let run = env.bulk(&["people.csv", "-o", "out.csv", "--json"]);
    run.exits(0);
    let seconds = run.report()["seconds"].as_f64().unwrap();
    assert!(seconds >= 2.0, "{seconds} s");
}

#[test]
fn a_key_that_is_refused_on_the_way_loses_nothing() {
    let env = TestEnv::with_faults("get:2-=401");
    let control = env.control();
    control.change(|settings| settings.pace = Pace::Takes(Duration::from_secs(1)));
    env.write("people.csv", people_csv(20));
    env.bulk(&ARGS).exits(4);
    control.change(|settings| settings.faults = "".parse().unwrap());
    env.bulk(&ARGS).exits(0);
    env.assert_rows_right("people.csv", "out.csv");
    env.assert_posts(1);
    assert!(control.polls() > 1, "the refusal came on the way");
}

#[test]
fn a_doubt_that_cannot_be_settled_does_not_outlast_the_time_allowed() {
    let env = TestEnv::held_with_faults("post:2=reset-after, get:*=503");
    env.write("people.csv", people_csv(20));
    let args = ["people.csv", "-o", "out.csv", "--batch-size=10", "--timeout=5s"];
    for _ in 0..2 {
        env.bulk(&args).exits(6);
        let rows = env.rows("out.csv");
        assert_eq!((rows.count("pending"), rows.count("unknown")), (10, 10));
    }
    env.assert_posts(2);
}
