//! `--refresh` has a beginning that is stored: nobody is asked twice for one refresh, however often it is continued.

use crate::support::people::people_csv;
use crate::support::{TestEnv, side_by_side};
use enrow_phone::sandbox::{Pace, Settings};

const BULK: [&str; 3] = ["people.csv", "-o", "out.csv"];

fn with<'a>(more: &[&'a str]) -> Vec<&'a str> {
    [&BULK[..], more].concat()
}

/// Forty people with a number, all of whom were asked for once; `credits` are left.
fn asked_once(credits: u64) -> TestEnv {
    let credits = 40 * 40 + credits;
    let env = TestEnv::new(Settings { credits, found_percent: 100, ..Settings::default() });
    env.write("people.csv", people_csv(40));
    env.bulk(&BULK).exits(0);
    env
}

/// How many people were taken for search so often, by the sandbox's books.
#[track_caller]
fn assert_taken(env: &TestEnv, expected: &[(usize, usize)]) {
    let people = env.control().people();
    let count = |times| people.iter().filter(|person| person.taken == times).count();
    let taken: Vec<_> = expected.iter().map(|&(times, _)| (times, count(times))).collect();
    assert_eq!(taken, expected);
    assert_eq!(expected.iter().map(|(_, people)| people).sum::<usize>(), people.len());
}

#[test]
fn a_limit_asks_everybody_once_however_often_it_is_run() {
    let env = asked_once(100_000);
    let args = with(&["--refresh", "--limit=30"]);
    let first = env.bulk(&args);
    first.exits(0).does_not_say("continues the refresh");
    assert_taken(&env, &[(1, 10), (2, 30)]);
    env.bulk(&args).exits(0).says("continues the refresh begun at 20").says("10 people to search");
    assert_taken(&env, &[(2, 40)]);
    env.bulk(&args).exits(0).says("nothing new to search");
    assert_taken(&env, &[(2, 40)]);
    assert_eq!(env.control().credits().charged, 2 * 40 * 40);
    env.assert_rows_right("people.csv", "out.csv");
    // It is finished now, so this is another one.
    env.bulk(&args).exits(0).does_not_say("continues the refresh");
    assert_taken(&env, &[(2, 10), (3, 30)]);
}

#[test]
fn one_that_is_finished_is_not_continued() {
    let env = asked_once(100_000);
    for times in 2..4 {
        let run = env.bulk(&with(&["--refresh"]));
        run.exits(0).says("40 people to search").does_not_say("continues the refresh");
        assert_taken(&env, &[(times, 40)]);
    }
}

#[derive(Debug)]
enum End {
    Budget,
    Interrupted,
    Killed,
    Terminated,
    TimedOut,
}

#[test]
fn what_ends_it_half_way_does_not_matter() {
    side_by_side(
        [End::Budget, End::Interrupted, End::Killed, End::Terminated, End::TimedOut],
        |end| {
            // The second batch has to wait for what the first gives back.
            let env = asked_once(20 * 40);
            let control = env.control();
            control.change(|settings| settings.pace = Pace::Held);
            let args = with(&["--refresh", "--batch-size=20"]);
            let run = match end {
                End::Budget => {
                    control.change(|settings| settings.pace = Pace::INSTANT);
                    control.add_credits(10_000);
                    env.spawn_bulk(&[&args[..], &["--max-credits=800"]].concat())
                }
                End::TimedOut => env.spawn_bulk(&[&args[..], &["--timeout=4s"]].concat()),
                End::Interrupted | End::Killed | End::Terminated => env.spawn_bulk(&args),
            };
            // What it was asked for once is the first batch. What goes on is looked at, so it is on record.
            let is_ended = matches!(end, End::Budget | End::TimedOut);
            env.wait_until(|control| {
                control.batches().len() >= 2 && (is_ended || control.polls() > 1)
            });
            match end {
                End::Budget => drop(run.finish().exits(5)),
                End::TimedOut => drop(run.finish().exits(3)),
                End::Interrupted => {
                    run.signal("INT");
                    run.finish().exits(130);
                }
                End::Terminated => {
                    run.signal("TERM");
                    run.finish().exits(143);
                }
                End::Killed => {
                    assert_eq!(run.kill().code(), None);
                    env.let_deaths_be_seen();
                }
            }
            control.change(|settings| settings.pace = Pace::INSTANT);
            control.release();
            control.add_credits(10_000);
            env.bulk(&args).exits(0).says("continues the refresh begun at 20");
            assert_taken(&env, &[(2, 40)]);
            env.assert_rows_right("people.csv", "out.csv");
            env.bulk(&args).exits(0).does_not_say("continues the refresh");
            assert_taken(&env, &[(3, 40)]);
        },
    );
}

#[test]
fn one_that_asked_nobody_has_not_begun() {
    let env = asked_once(0);
    for args in [&["--refresh"][..], &["--refresh", "--dry-run"], &["--refresh", "--max-credits=1"]]
    {
        env.bulk(&with(args)).does_not_say("continues the refresh");
    }
    env.control().add_credits(10_000);
    env.bulk(&with(&["--refresh"])).exits(0).does_not_say("continues the refresh");
    assert_taken(&env, &[(2, 40)]);
}

#[test]
fn a_run_that_collects_the_rest_finishes_it() {
    let env = asked_once(100_000);
    env.bulk(&with(&["--refresh", "--detach"])).exits(0);
    env.bulk(&BULK).exits(0);
    assert_taken(&env, &[(2, 40)]);
    env.bulk(&with(&["--refresh"])).exits(0).does_not_say("continues the refresh");
    assert_taken(&env, &[(3, 40)]);
}

#[test]
fn every_list_has_its_own() {
    let env = asked_once(100_000);
    let (list, limit) = (people_csv(40), "--limit=30");
    env.bulk(&with(&["--refresh", limit])).exits(0);
    env.write("other.csv", &list);
    // Another file, and what comes through a pipe, begin their own.
    env.bulk(&["other.csv", "--refresh", "--limit=1"]).exits(0).does_not_say("continues");
    let pipe = |output| {
        env.bulk_command(&["-", "-o", output, "--refresh", "--limit=1"]).stdin(list.clone()).run()
    };
    pipe("a.csv").exits(0).does_not_say("continues the refresh");
    pipe("b.csv").exits(0).does_not_say("continues the refresh");
    pipe("a.csv").exits(0).says("continues the refresh");
    env.bulk(&["other.csv", "--refresh", "--limit=1"]).exits(0).says("continues the refresh");
    // By another name it is the same file.
    let run = env.bulk(&["./people.csv", "-o", "c.csv", "--refresh", limit]);
    run.exits(0).says("continues the refresh").says("10 people to search");
}
