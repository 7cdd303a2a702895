//! The liberties that the reference leaves open, one by one. Where it is silent, the tool takes the case that costs most.

use crate::support::people::{people_csv, people_csv_of, profile, somebody_found};
use crate::support::{KEY, PATIENCE, TestEnv, side_by_side};
use enrow_phone::sandbox::{Control, Endpoint, Faults, Pace, Settings};
use std::time::{Duration, Instant};

const ARGS: [&str; 3] = ["people.csv", "-o", "out.csv"];

/// So many people, all of whom have a number.
fn env(faults: &str, people: usize) -> TestEnv {
    let env = TestEnv::new(Settings {
        faults: faults.parse().unwrap_or_else(|error| panic!("{faults}: {error}")),
        found_percent: 100,
        ..Settings::default()
    });
    env.write("people.csv", people_csv(people));
    env
}

fn with<'a>(more: &[&'a str]) -> Vec<&'a str> {
    [&ARGS[..], more].concat()
}

/// A batch that was taken, whatever the balance seems to say: the run that lost it does not send it again, and no later
/// one.
#[test]
fn no_balance_of_a_lively_account_lifts_a_doubt() {
    // The first batch is lost, or the second of three where the others' refunds come at an odd time.
    let cases = [
        ("post:1=504-late/2s", "4s"),
        ("post:1=close-late/2s", "4s"),
        ("post:1=taken-late/3s", "4s"),
        ("post:1=reset-after, account:2-=stale/2s", "4s"),
        ("post:1=reset-after, account:2-=stale-age/60s", "1s"),
        ("post:1=reset-after, account:2-=stale-date/60s", "1s"),
        ("post:1=hang-after, at:4s=top-up/800", "3s"),
        ("post:1=hang-after, at:4s=renewal/1000000", "3s"),
        ("post:2=reset-after, batch:1=refund-early/1s", "2s"),
        ("post:2=reset-after, batch:1=refund-late/1s", "2s"),
        ("post:2=reset-after, batch:*=refund-early/1h", "2s"),
        ("post:2=reset-after, batch:1=refund-never", "2s"),
    ];
    side_by_side(cases, |&(faults, doubt_wait)| {
        let env = TestEnv::new(Settings {
            faults: faults.parse().unwrap(),
            pace: Pace::Takes(Duration::from_secs(1)),
            ..Settings::default()
        });
        let batches = if faults.starts_with("post:1") { 1 } else { 3 };
        env.write("people.csv", people_csv(20 * batches));
        let args = with(&["--batch-size=20", "--request-timeout=1s"]);
        let run = env.bulk_command(&args).env("ENROW_PHONE_DOUBT_WAIT", doubt_wait).run();
        run.exits(6).does_not_say("did not take");
        let rows = env.assert_no_row_wrong("people.csv", "out.csv");
        let answered = 20 * (batches - 1);
        assert_eq!((rows.count("unknown"), rows.answered()), (20, answered), "{}", run.stderr);
        env.wait_until(|control| control.taken() == batches);
        env.control().change(|settings| settings.faults = Faults::default());
        env.bulk_command(&args).env("ENROW_PHONE_DOUBT_WAIT", "0s").run().exits(6);
        env.assert_posts(batches);
        env.assert_nobody_searched_twice();
    });
}

#[test]
fn a_run_that_is_killed_while_a_slow_service_has_not_taken_its_batch_leaves_a_doubt() {
    let env = env("post:1=taken-late/2s", 20);
    let run = env.spawn_bulk(&ARGS);
    env.wait_until(|control| control.posts() == 1);
    run.kill();
    for _ in 0..2 {
        env.bulk(&ARGS).exits(6).does_not_say("did not take");
        env.wait_until(|control| control.taken() == 1);
    }
    env.assert_posts(1);
    env.run(["recover", &env.control().batches()[0].id]).exits(0);
    env.bulk(&ARGS).exits(0);
    env.assert_rows_right("people.csv", "out.csv");
}

/// Another process settles the batch while its run waits for a balance that it can read: that no doubt is left proves
/// nothing, and there is nothing to wait for any more.
#[test]
fn a_doubt_that_somebody_else_settles_is_no_proof() {
    let env = env("post:1=reset-after, account:2-=503", 20);
    let run = env.bulk_command(&ARGS).env("ENROW_PHONE_DOUBT_WAIT", "10m").spawn();
    run.wait_for_message("may have been paid");
    env.run(["recover", &env.control().batches()[0].id]).exits(0);
    let run = run.finish();
    run.exits(0).does_not_say("did not take").does_not_say("the balance proves nothing");
    env.assert_rows_right("people.csv", "out.csv");
    env.assert_posts(1);
}

#[test]
fn results_that_come_late_are_waited_for_and_what_is_there_is_recorded_at_once() {
    let cases = ["results-late/2s", "partial/2s", "ongoing/2s", "gone/2s", "late/2s"];
    side_by_side(cases, |kind| {
        let env = env(&format!("batch:1={kind}"), 30);
        env.bulk(&ARGS).exits(0);
        env.assert_rows_right("people.csv", "out.csv");
        env.assert_posts(1);
    });
    side_by_side([("results-late/1h", 0), ("partial/1h", 15)], |&(kind, found)| {
        let env = env(&format!("batch:1={kind}"), 30);
        env.bulk(&with(&["--timeout=6s"])).exits(3);
        let rows = env.assert_no_row_wrong("people.csv", "out.csv");
        assert_eq!((rows.count("found"), rows.count("pending")), (found, 30 - found));
        env.assert_posts(1);
    });
}

/// Ten people have no result, and ten others have two: that is no whole batch.
#[test]
fn results_that_come_twice_do_not_fill_the_holes() {
    let env = env("batch:1=holes/3, batch:1=duplicated/2", 30);
    for _ in 0..2 {
        env.bulk(&with(&["--timeout=6s"])).exits(3);
        let rows = env.assert_no_row_wrong("people.csv", "out.csv");
        assert_eq!((rows.count("found"), rows.count("pending")), (20, 10));
    }
    env.assert_posts(1);
}

/// As SECURITY.md advises after a leak.
#[test]
fn a_new_key_collects_what_the_old_one_sent() {
    let collects: [&[&str]; 3] = [
        &["bulk", "people.csv", "-o", "out.csv"],
        &["fetch", "ID", "-o", "f.csv"],
        &["recover", "ID"],
    ];
    side_by_side(collects, |command| {
        let env = env("", 20);
        env.control().replace_key(KEY);
        env.bulk(&with(&["--detach"])).exits(0);
        env.control().replace_key("new-key");
        env.bulk(&ARGS).exits(4);
        let id = env.control().batches()[0].id.clone();
        let args = command.iter().map(|arg| if *arg == "ID" { &id } else { *arg });
        env.command(args).key("new-key").run().exits(0);
        env.bulk_command(&ARGS).key("new-key").run().exits(0);
        env.assert_rows_right("people.csv", "out.csv");
        env.assert_posts(1);
    });
    // A doubt of the old key is settled with the new one, by its id or by asking again.
    for command in [&["recover", "ID"][..], &["recover", "--resubmit", "--yes"]] {
        let env = env("post:1=reset-after", 20);
        env.control().replace_key(KEY);
        env.bulk(&ARGS).exits(6);
        env.control().replace_key("new-key");
        let id = env.control().batches()[0].id.clone();
        let args = command.iter().map(|arg| if *arg == "ID" { &id } else { *arg });
        env.command(args).key("new-key").run().exits(0);
        env.bulk_command(&ARGS).key("new-key").run().exits(0);
        env.assert_rows_right("people.csv", "out.csv");
    }
}

/// An absence is as old as the first look that missed it, however old the batch is.
#[test]
fn an_old_batch_that_is_not_shown_for_a_moment_is_not_given_up() {
    let env = env("batch:1=late/6s", 20);
    env.bulk(&with(&["--detach"])).exits(0);
    env.change_ledger(
        "UPDATE batches SET claimed_at = claimed_at - 172800000, accepted_at = accepted_at - 172800000",
    );
    env.run(["recover", &env.control().batches()[0].id]).exits(1).says("nothing was changed");
    assert_eq!(env.count_in_ledger("batches WHERE state = 'running'"), 1);
    env.bulk(&ARGS).exits(0);
    env.assert_rows_right("people.csv", "out.csv");
    env.assert_posts(1);
}

#[test]
fn an_echo_that_is_written_otherwise_is_believed() {
    let kinds = [
        "echo-bare-company", "echo-case", "echo-slash", "odd-found/1", "odd-params/1",
        "odd-surrogate/1", "index-from-1",
    ];
    side_by_side(kinds, |kind| {
        let env = env(&format!("batch:1={kind}"), 30);
        env.bulk(&ARGS).exits(0);
        let rows = env.assert_rows_right("people.csv", "out.csv");
        assert_eq!(rows.count("found"), 30);
        env.assert_posts(1);
    });
}

/// One odd field costs one row, and never the batch.
#[test]
fn one_odd_field_keeps_no_answer_back() {
    let kinds = [
        "odd-bom", "odd-country/3", "odd-found/3", "odd-id", "odd-keyed", "odd-params/3",
        "odd-stats", "odd-status", "odd-surrogate/3", "text-index",
    ];
    side_by_side(kinds, |kind| {
        let env = env(&format!("batch:1={kind}"), 30);
        env.bulk(&ARGS).exits(0);
        assert_eq!(env.rows("out.csv").count("found"), 30);
        env.assert_posts(1);
    });
    // A number in an odd form is told, and no row gets it.
    for kind in ["odd-number/3", "odd-numbers/3", "unqualified/3", "numbered-not-found/3"] {
        let env = env(&format!("batch:1={kind}"), 30);
        let run = env.bulk(&with(&["--timeout=5s"]));
        let rows = env.rows("out.csv");
        let sure = rows.count("found");
        assert!(
            sure == 30 || sure == 20 && rows.count("unknown") == 10,
            "{kind}: {:?}",
            rows.statuses()
        );
        if sure < 30 {
            run.exits(6);
            env.run(["recover"]).exits(6).lists("10 people");
        }
        env.assert_posts(1);
    }
}

/// A balance is read as it comes, or there is none; what was sent is collected either way.
#[test]
fn an_odd_balance_keeps_no_answer_back() {
    let kinds = [
        ("credits/-40", false),
        ("credits/36000.5", true),
        ("credits/\"36000\"", true),
        ("credits/null", false),
        ("credits/{}", false),
        ("503", false),
    ];
    side_by_side(kinds, |&(kind, is_read)| {
        let env = env("", 10);
        env.bulk(&with(&["--detach"])).exits(0);
        env.write("people.csv", people_csv(15));
        env.control()
            .change(|settings| settings.faults = format!("account:1-={kind}").parse().unwrap());
        env.bulk(&ARGS).exits(if is_read { 0 } else { 3 });
        let rows = env.assert_no_row_wrong("people.csv", "out.csv");
        let sent = if is_read { 5 } else { 0 };
        assert_eq!((rows.answered(), rows.count("not_submitted")), (10 + sent, 5 - sent), "{kind}");
        env.assert_nobody_searched_twice();
    });
}

/// Whatever the answer says of its price. A number costs 40.
#[test]
fn a_budget_holds_whatever_is_said_of_the_price() {
    side_by_side(["0", "1", "half", "9223372036854775808", "-5", "\"many\""], |said| {
        let env = env(&format!("batch:*=credits-used/{said}"), 40);
        let run = env.bulk(&with(&["--max-credits=800"]));
        run.exits(5).says("`--max-credits` was reached");
        let spent = env.control().credits().charged;
        assert!((40..=800).contains(&spent), "{said}: {spent} of 800");
        // Nobody is lost by it, and no id.
        env.bulk(&ARGS).exits(0);
        env.assert_rows_right("people.csv", "out.csv");
        env.assert_nobody_searched_twice();
    });
    side_by_side(["0", "1"], |said| {
        let env = env(&format!("batch:*=credits-used/{said}, batch:*=price/50"), 10);
        env.bulk(&with(&["--max-credits=50"])).exits(5);
        assert_eq!(env.control().credits().charged, 50, "{said}");
    });
}

/// The endpoint for one person answers 500 for an id that it does not know.
#[test]
fn somebody_elses_search_that_is_not_shown_holds_nobody_up() {
    let env = env("", 20);
    env.control().change(|settings| settings.pace = Pace::Held);
    let find = env.spawn(["find", &profile(500)]);
    env.wait_until(|control| control.polls() > 0);
    find.kill();
    env.control().change(|settings| {
        settings.pace = Pace::INSTANT;
        settings.faults = "batch:1=unknown".parse().unwrap();
    });
    let began = Instant::now();
    env.bulk(&ARGS).exits(0);
    assert!(began.elapsed() < Duration::from_secs(30), "{:?}", began.elapsed());
    env.assert_rows_right("people.csv", "out.csv");
}

/// Whatever hangs, until it is told to stop: the time that is allowed, Ctrl-C and the end of a service end every request.
#[test]
fn nothing_outlasts_the_time_that_is_allowed_or_a_signal() {
    let hangs = ["account:1-=hang", "post:1=hang", "get:*=hang"];
    let commands: [&[&str]; 2] = [&ARGS, &["find"]];
    let ends = ["timeout", "INT", "TERM"];
    let cases = hangs.into_iter().flat_map(|hang| {
        commands.into_iter().flat_map(move |command| ends.map(|end| (hang, command, end)))
    });
    side_by_side(cases.collect::<Vec<_>>(), |&(hang, command, end)| {
        let env = env(hang, 10);
        let (somebody, _) = somebody_found(&env);
        let mut args: Vec<&str> = if command == ["find"] {
            vec!["find", &somebody]
        } else {
            [&["bulk"], command].concat()
        };
        if end == "timeout" {
            args.push("--timeout=3s");
        }
        let began = Instant::now();
        let run = env.spawn(&args);
        let hung = |control: &Control| match hang {
            "post:1=hang" => control.posts() > 0,
            "get:*=hang" => control.polls() > 0,
            _ => control.count(Endpoint::Account) > 0,
        };
        if end != "timeout" {
            env.wait_until(hung);
            run.signal(end);
        }
        let run = run.finish();
        assert!(began.elapsed() < Duration::from_secs(25), "{:?}: {}", began.elapsed(), run.stderr);
        match end {
            "INT" => drop(run.exits(130)),
            "TERM" => drop(run.exits(143)),
            _ => assert!(matches!(run.code(), Some(1 | 3 | 6)), "{}: {}", run.status, run.stderr),
        }
        env.control().change(|settings| settings.faults = Faults::default());
        env.run(&args);
        env.assert_nobody_searched_twice();
    });
}

/// An id may be misread: the answer that has it is kept as long as somebody waits for the batch.
#[test]
fn the_answer_to_a_post_is_kept_until_its_people_are_answered() {
    let env = env("", 10);
    env.control().change(|settings| settings.pace = Pace::Held);
    env.bulk(&with(&["--detach"])).exits(0);
    // `,"id":"..."}` it ends.
    let id = env.sql_bytes(env.control().batches()[0].id.as_bytes());
    let kept = format!("batches WHERE substr(answer, length(answer) - 37, 36) = {id}");
    assert_eq!(env.count_in_ledger(&kept), 1);
    env.control().release();
    env.bulk(&ARGS).exits(0);
    assert_eq!(env.count_in_ledger("batches WHERE answer IS NULL"), 1);
}

/// The ledger knows a later moment than this machine's clock, which was set back: what is answered now is not old.
#[test]
fn an_answer_that_a_broken_clock_dates_is_not_old() {
    let env = env("", 10);
    env.bulk(&with(&["--limit=1"])).exits(0);
    let year = 365 * 86_400_000;
    env.date_ledger_later(year);
    env.bulk(&ARGS).exits(0);
    let first = "(SELECT min(answered_at) FROM people WHERE answered_at > 0)";
    let later = format!("people WHERE answered_at >= {year} + {first}");
    assert_eq!(env.count_in_ledger(&later), 9);
    env.bulk(&with(&["--max-age=300d"])).exits(0);
    env.assert_posts(2);
}

/// A run waits for its own people alone: the others' batch is looked at, and goes on.
#[test]
fn other_peoples_batch_is_not_waited_for() {
    let env = env("batch:1=stuck", 10);
    env.bulk(&with(&["--detach"])).exits(0);
    env.write("more.csv", people_csv_of(10..20));
    env.bulk(&["more.csv", "-o", "more-out.csv"]).exits(0);
    env.assert_rows_right("more.csv", "more-out.csv");
    assert!(env.control().wait_until(PATIENCE, |control| control.batches().len() == 2));
}
