//! `ledger info`, `ledger move` and `ledger budget`, in a file and on a server.

use crate::support::people::{people_csv, people_csv_of, profile};
#[cfg(all(unix, feature = "postgres"))]
use crate::support::postgres;
use crate::support::{Call, PATIENCE, TestEnv};
use enrow_phone::sandbox::{Pace, Settings};
use rusqlite::Connection;
use std::time::Duration;

fn quick() -> TestEnv {
    let pace = Pace::Takes(Duration::from_millis(200));
    TestEnv::new(Settings { pace, ..Settings::default() })
}

/// Where a ledger may be that is not there yet: in a file, and on a server if there is one.
fn places(env: &TestEnv, name: &str) -> Vec<String> {
    let file = env.path(&format!("{name}.db")).display().to_string();
    #[cfg(all(unix, feature = "postgres"))]
    let server = postgres::server().map(|server| server.address(&server.new_database("template1")));
    #[cfg(not(all(unix, feature = "postgres")))]
    let server = None;
    std::iter::once(file).chain(server).collect()
}

/// The same, each in an environment of its own.
fn stations(name: &str, env: impl Fn() -> TestEnv) -> Vec<(TestEnv, String)> {
    let on_file = env();
    let mut places = places(&on_file, name);
    let on_server = places.split_off(1).into_iter().map(|place| (env(), place)).collect::<Vec<_>>();
    [(on_file, places.remove(0))].into_iter().chain(on_server).collect()
}

/// A command with this ledger.
fn with(env: &TestEnv, ledger: &str, args: &[&str]) -> Call {
    env.command(args).ledger(ledger)
}

fn bulk(env: &TestEnv, ledger: &str, args: &[&str]) -> Call {
    env.bulk_command(args).ledger(ledger)
}

/// Reads a value of a ledger in a file that another process may be writing.
fn meta(path: &str, name: &str) -> Option<String> {
    let ledger = Connection::open(path).ok()?;
    let sql = "SELECT value FROM meta WHERE name LIKE ?1";
    ledger.query_row(sql, [name], |row| row.get(0)).ok()
}

#[track_caller]
fn wait_for(what: &str, mut holds: impl FnMut() -> bool) {
    let began = std::time::Instant::now();
    while !holds() {
        assert!(began.elapsed() < PATIENCE, "{what} never came to be");
        std::thread::sleep(Duration::from_millis(5));
    }
}

#[test]
fn everything_goes_to_a_server_and_back_and_nobody_is_paid_for_twice() {
    let env = quick();
    env.write("people.csv", people_csv(30));
    env.write("others.csv", people_csv_of(20..40));
    let first = env.ledger().display().to_string();
    bulk(&env, &first, &["people.csv", "-o", "out.csv"]).run().exits(0);
    let gone = profile(90);
    with(&env, &first, &["forget", &gone, "--suppress", "--yes"]).run().exits(0);
    let mut from = first.clone();
    let posts = env.control().posts();
    let mut stations = places(&env, "second");
    stations.push(env.path("third.db").display().to_string());
    for to in stations {
        let run = with(&env, &from, &["ledger", "move", &to]).run();
        run.exits(0)
            .says("moved 31 people and 1 batch")
            .says("1 of them is not to be searched for");
        run.does_not_say("in both ledgers").says(&format!("`ledger = \"{to}\"`"));
        for args in [&["people.csv", "-o", "old.csv"][..], &["people.csv", "--dry-run"]] {
            let run = bulk(&env, &from, args).run();
            run.exits(1).says(&format!("was moved to `{to}`")).says(&format!("--ledger '{to}'"));
        }
        for args in
            [&["status"][..], &["usage"], &["recover"], &["find", &gone], &["forget", &gone]]
        {
            with(&env, &from, args).run().exits(1).says("was moved to");
        }
        // It is said where it went, and what it holds.
        let info = with(&env, &from, &["ledger", "info", "--json"]).run().exits(0).json();
        assert_eq!(info["moved_to"], *to);
        assert_eq!(info["people"]["answered"], 31);
        with(&env, &from, &["ledger", "move", &to]).run().exits(0).says("before");
        bulk(&env, &to, &["people.csv", "-o", "out.csv"]).run().exits(0);
        with(&env, &to, &["find", &gone]).run().exits(2).says("not searched");
        let usage = with(&env, &to, &["usage", "--json"]).run().exits(0).json();
        assert_eq!(usage["total"]["searched"], 30);
        from = to;
    }
    env.assert_posts(posts);
    bulk(&env, &from, &["others.csv", "-o", "others-out.csv"]).run().exits(0);
    env.assert_rows_right("people.csv", "out.csv");
    env.assert_rows_right("others.csv", "others-out.csv");
    env.assert_nobody_searched_twice();
}

#[test]
fn what_runs_at_enrow_is_collected_from_where_it_was_moved_to() {
    for (env, to) in stations("second", quick) {
        env.write("people.csv", people_csv(30));
        env.bulk(&["people.csv", "-o", "out.csv", "--detach"]).exits(0);
        let run = env.run(["ledger", "move", &to]);
        run.exits(0).says("1 batch is not settled");
        bulk(&env, &to, &["people.csv", "-o", "out.csv"]).run().exits(0);
        env.assert_rows_right("people.csv", "out.csv");
        env.assert_nobody_searched_twice();
        env.assert_posts(1);
    }
}

#[test]
fn people_in_both_ledgers_are_counted_aloud_and_none_is_asked_for_again() {
    for (env, to) in stations("second", quick) {
        env.write("a.csv", people_csv_of(0..20));
        env.write("b.csv", people_csv_of(10..30));
        let first = env.ledger().display().to_string();
        bulk(&env, &first, &["a.csv", "-o", "a-out.csv"]).run().exits(0);
        bulk(&env, &to, &["b.csv", "-o", "b-out.csv"]).run().exits(0);
        let posts = env.control().posts();
        let run = with(&env, &first, &["ledger", "move", &to]).run();
        run.exits(0).says("10 people were in both ledgers already").says("paid for twice before");
        for list in ["a", "b"] {
            let (list, out) = (format!("{list}.csv"), format!("{list}-again.csv"));
            bulk(&env, &to, &[&list, "-o", &out]).run().exits(0);
            env.assert_rows_right(&list, &out);
        }
        env.assert_posts(posts);
    }
}

/// The move is held up where it is to be killed, by a lock that a test has on one of the files.
fn hold(path: &str) -> Connection {
    let ledger = Connection::open(path).unwrap();
    ledger.busy_timeout(PATIENCE).unwrap();
    ledger.execute_batch("BEGIN IMMEDIATE").unwrap();
    ledger
}

fn has_run(path: &str, pid: u32) -> bool {
    let ledger = Connection::open(path).unwrap();
    let sql = "SELECT count(*) FROM runs WHERE pid = ?1";
    ledger.query_row(sql, [pid], |row| row.get(0)) == Ok(1)
}

#[test]
fn a_move_that_is_killed_at_any_step_is_finished_by_the_same_command() {
    for is_copied in [false, true] {
        let env = quick();
        env.write("people.csv", people_csv(30));
        let (first, second) =
            (env.ledger().display().to_string(), env.path("second.db").display().to_string());
        bulk(&env, &first, &["people.csv", "-o", "out.csv"]).run().exits(0);
        with(&env, &second, &["forget", &profile(90), "--suppress", "--yes"]).run().exits(0);
        let posts = env.control().posts();
        let move_on = || with(&env, &first, &["ledger", "move", &second]);

        // It has both ledgers open, has written its mark, and waits for the lock of the second one.
        let target = hold(&second);
        let moving = move_on().spawn();
        wait_for("the run in the first", || has_run(&first, moving.id()));
        let source = hold(&first);
        drop(target);
        wait_for("the run in the second", || has_run(&second, moving.id()));
        let target = hold(&second);
        drop(source);
        wait_for("the mark", || meta(&first, "moving_to").is_some());
        if is_copied {
            // It has copied everything, and waits for the lock of the first one to say so.
            let source = hold(&first);
            drop(target);
            wait_for("the copy", || meta(&second, "received_%").is_some());
            assert_eq!(moving.kill().code(), None);
            drop(source);
        } else {
            assert_eq!(moving.kill().code(), None);
            drop(target);
        }
        assert_eq!(meta(&second, "received_%").is_some(), is_copied);

        // Nobody uses the first one until the move is finished, and it goes nowhere else.
        let run = bulk(&env, &first, &["people.csv", "-o", "late.csv"]).run();
        run.exits(1).says("is being moved to").says(&format!("ledger move '{second}'"));
        let other = env.path("elsewhere.db");
        let elsewhere = with(&env, &first, &["ledger", "move", other.to_str().unwrap()]).run();
        elsewhere.exits(1).says("is being moved to");
        assert!(!other.exists());
        // The other one is used as before.
        with(&env, &second, &["status"]).run().exits(0);
        let says =
            if is_copied { "an earlier move had copied everything" } else { "moved 30 people" };
        move_on().run().exits(0).says(says);
        bulk(&env, &first, &["people.csv", "-o", "late.csv"]).run().exits(1).says("was moved to");
        let info = with(&env, &second, &["ledger", "info", "--json"]).run().exits(0).json();
        assert_eq!(info["people"]["answered"], 31);
        assert_eq!(info["batches"]["completed"], 1);
        bulk(&env, &second, &["people.csv", "-o", "out.csv"]).run().exits(0);
        env.assert_rows_right("people.csv", "out.csv");
        env.assert_posts(posts);
    }
}

#[test]
fn a_move_that_cannot_be_made_changes_nothing() {
    let env = quick();
    env.write("people.csv", people_csv(3));
    let first = env.ledger().display().to_string();
    let search = || bulk(&env, &first, &["people.csv", "-o", "out.csv"]).run();
    let move_to = |to: &str| with(&env, &first, &["ledger", "move", to]).run();
    search().exits(0);
    let broken = |name: &str, sql: &str| {
        let path = env.path(name).display().to_string();
        with(&env, &path, &["forget", &profile(9), "--suppress", "--yes"]).run().exits(0);
        Connection::open(&path).unwrap().execute_batch(sql).unwrap();
        path
    };
    let another = broken("another.db", "UPDATE meta SET value = 'elsewhere' WHERE name = 'api'");
    let newer = broken("newer.db", "PRAGMA user_version = 99");
    let copy = env.path("copy.db").display().to_string();
    std::fs::copy(&first, &copy).unwrap();
    for (to, code, says) in [
        (first.as_str(), 1, "is the same ledger, or a copy of it"),
        (&copy, 1, "is the same ledger, or a copy of it"),
        (&another, 1, "belongs to elsewhere"),
        (&newer, 1, "is of version 99"),
        ("postgres://ada:s3cret@db.example/team", 2, "PGPASSWORD"),
        ("postgres://ada@db.example/team?sslmode=disable", 2, "without TLS"),
        #[cfg(all(unix, feature = "postgres"))]
        ("postgres://ada@127.0.0.1:1/team", 1, "cannot reach the ledger"),
    ] {
        move_to(to).exits(code).says(says).does_not_say("s3cret");
    }
    // A run that lives keeps the ledger where it is.
    env.write("more.csv", people_csv_of(10..13));
    env.control().change(|settings| settings.pace = Pace::Held);
    let running = bulk(&env, &first, &["more.csv", "-o", "more-out.csv"]).spawn();
    env.wait_until(|control| control.running() == 1);
    let away = env.path("away.db");
    move_to(away.to_str().unwrap()).exits(1).says("1 other run uses the ledger");
    assert!(!away.exists());
    env.control().release();
    running.finish().exits(0);
    search().exits(0);
    env.assert_posts(2);
    let nothing = env.path("nothing.db").display().to_string();
    let run = with(&env, &nothing, &["ledger", "move", &copy]).run();
    run.exits(1).says("there is no ledger at");
    assert!(!env.path("nothing.db").exists());
}

#[test]
fn a_ledger_tells_what_it_is_and_one_that_is_not_there_is_not_made() {
    let env = quick();
    env.write("people.csv", people_csv(30));
    for place in places(&env, "fresh") {
        let is_server = place.starts_with("postgres");
        for _ in 0..2 {
            let info = with(&env, &place, &["ledger", "info"]).run();
            info.exits(0).says("there is no ledger at").prints("");
            let json = with(&env, &place, &["ledger", "info", "--json"]).run().exits(0).json();
            assert_eq!(
                (&json["exists"], &json["kind"]),
                (&false.into(), &if is_server { "server" } else { "file" }.into())
            );
        }
        assert!(is_server || !env.path("fresh.db").exists());
        bulk(&env, &place, &["people.csv", "-o", "out.csv"]).run().exits(0);
        with(&env, &place, &["ledger", "budget", "--per", "day", "5000"]).run().exits(0);
        let json = with(&env, &place, &["ledger", "info", "--json"]).run().exits(0).json();
        assert_eq!(json["people"]["answered"], 30);
        assert_eq!(json["batches"]["completed"], 1);
        assert_eq!(json["budgets"][0]["credits"], 5000);
        assert_eq!(json["runs"], 0);
        assert!(json["bytes"].as_u64().unwrap() > 10_000);
        let health = &json["health"];
        if is_server {
            assert_eq!((&health["fsync"], &health["standby"]), (&"on".into(), &false.into()));
            assert!(health["clock_offset_ms"].as_i64().unwrap().abs() < 2000);
        } else {
            assert_eq!(health["problems"].as_array().unwrap().len(), 0);
        }
        let text = with(&env, &place, &["ledger", "info"]).run().exits(0).stdout.clone();
        for line in [
            "people   30 known, 30 answered, 0 in batches",
            "batches  1 completed",
            "budget   5,000 credits a day for all keys",
        ] {
            assert!(text.contains(line), "{text}");
        }
        let wide = text
            .lines()
            .filter(|line| !line.starts_with("ledger ") && !line.starts_with("budget "));
        for line in wide {
            assert!(line.chars().count() <= 80, "{line}");
        }
    }
    // What is damaged is said.
    let path = env.path("fresh.db");
    let ledger = Connection::open(&path).unwrap();
    ledger
        .execute_batch("PRAGMA wal_checkpoint(TRUNCATE); DROP INDEX reservations_by_time")
        .unwrap();
    ledger.execute_batch("PRAGMA ignore_check_constraints = ON; UPDATE people SET number = NULL, status = 1 WHERE id = 1").unwrap();
    drop(ledger);
    let run = with(&env, path.to_str().unwrap(), &["ledger", "info"]).run();
    run.exits(1);
    assert!(run.stdout.contains("health   CHECK constraint failed in people"), "{}", run.stdout);
}

#[test]
fn eight_runs_at_once_keep_within_a_budget_and_each_says_who_spent_it() {
    for (env, place) in stations("shared", quick) {
        let set = with(&env, &place, &["ledger", "budget", "--per", "day", "2,000"]).run();
        set.exits(0).says("2,000 credits a day for all keys: 0 spent or held, 2,000 left until ");
        let runs: Vec<_> = (0..8)
            .map(|i| {
                let list = format!("list-{i}.csv");
                env.write(&list, people_csv_of(i * 60..i * 60 + 60));
                bulk(&env, &place, &[&list, "-o", &format!("out-{i}.csv"), "--batch-size=7"])
                    .spawn()
            })
            .collect();
        for run in runs {
            let run = run.finish();
            run.exits(5).says("the ledger's budget of 2,000 credits a day for all keys is spent");
            run.says(" credits")
                .says("spent or holds")
                .says("for list-")
                .says("when the next day begins, at ");
        }
        let credits = env.control().credits();
        let spent = credits.charged + credits.reserved;
        assert!((1950..=2000).contains(&spent), "{spent} credits");
        let json = with(&env, &place, &["ledger", "budget", "--json"]).run().exits(0).json();
        assert_eq!(json[0]["spent"], spent);
        // A run that begins now sends nothing, by any way.
        let posts = env.control().posts();
        bulk(&env, &place, &["list-0.csv", "-o", "late.csv", "--max-credits=400", "--detach"])
            .run()
            .exits(5)
            .says("budget of 2,000");
        let url = profile(999);
        with(&env, &place, &["find", &url])
            .run()
            .exits(5)
            .says("budget of 2,000")
            .says("ledger budget");
        env.assert_posts(posts);
        // It is a person's to change.
        with(&env, &place, &["ledger", "budget", "none"])
            .run()
            .exits(0)
            .says("the budget is removed");
        with(&env, &place, &["ledger", "budget"])
            .run()
            .exits(0)
            .says("there is no budget")
            .prints("");
        bulk(&env, &place, &["list-0.csv", "-o", "out-0.csv"]).run().exits(0);
        env.assert_nobody_searched_twice();
    }
}

#[test]
fn what_is_not_found_is_given_back_to_the_budget_and_the_run_goes_on_with_it() {
    for (env, place) in stations("shared", quick) {
        with(&env, &place, &["ledger", "budget", "--per", "month", "400"]).run().exits(0);
        env.write("people.csv", people_csv(40));
        bulk(&env, &place, &["people.csv", "-o", "out.csv"]).run().exits(5);
        let rows = env.rows("out.csv");
        assert!(rows.count("found") <= 10 && rows.answered() > 10, "{:?}", rows.statuses());
        let json = with(&env, &place, &["ledger", "budget", "--json"]).run().exits(0).json();
        let spent = json[0]["spent"].as_u64().unwrap();
        assert_eq!(spent, 40 * rows.count("found") as u64);
        assert!(400 - spent < 50, "{spent}");
        // Only for one key, which is not this one: no limit.
        with(&env, &place, &["ledger", "budget", "none"]).run().exits(0);
        let other = ["ledger", "budget", "--per", "day", "0", "--this-key"];
        with(&env, &place, &other).key("another-key").run().exits(0).says("for the key ");
        bulk(&env, &place, &["people.csv", "-o", "out.csv"]).run().exits(0);
        env.assert_rows_right("people.csv", "out.csv");
        env.write("one.csv", people_csv_of(50..51));
        let run = bulk(&env, &place, &["one.csv", "-o", "one-out.csv"]).key("another-key").run();
        run.exits(5).says("budget of 0 credits a day for the key ");
        env.assert_nobody_searched_twice();
    }
}

#[test]
fn a_search_that_is_sent_again_at_a_persons_word_needs_room_in_the_budget() {
    let held = || TestEnv::held_with_faults("post:1=reset-after");
    for (env, place) in stations("shared", held) {
        with(&env, &place, &["ledger", "budget", "--per", "day", "60"]).run().exits(0);
        env.write("one.csv", people_csv(1));
        bulk(&env, &place, &["one.csv", "-o", "out.csv"]).run().exits(6);
        with(&env, &place, &["recover", "--resubmit", "--yes"]).run().exits(0);
        bulk(&env, &place, &["one.csv", "-o", "out.csv"]).run().exits(5).says("budget of 60");
        env.assert_posts(1);
        with(&env, &place, &["ledger", "budget", "--per", "day", "100"]).run().exits(0);
        bulk(&env, &place, &["one.csv", "-o", "out.csv", "--detach"]).run().exits(0);
        env.assert_posts(2);
    }
}

#[test]
fn a_sandbox_has_a_budget_of_its_own() {
    let env = quick();
    env.write("people.csv", people_csv(30));
    env.run(["ledger", "budget", "--per", "day", "100", "--sandbox"]).exits(0);
    env.bulk(&["people.csv", "-o", "made-up.csv", "--sandbox"]).exits(5).says("budget of 100");
    env.run(["ledger", "budget"]).exits(0).says("there is no budget");
    env.bulk(&["people.csv", "-o", "out.csv"]).exits(0);
    // A budget is for a day or a month, and a removal needs none.
    env.run(["ledger", "budget", "100"]).exits(2).says("`--per day`");
    env.run(["ledger", "budget", "--per", "day"]).exits(2);
    env.run(["ledger", "budget", "none", "--per", "day"]).exits(0).says("there is no such budget");
}

#[test]
fn a_ledger_that_goes_away_under_a_run_is_told_and_nobody_more_is_asked_for() {
    // Enough for all twelve people, or for four of them until the refund.
    for (credits, is_replaced) in [(1000, false), (1000, true), (200, true)] {
        let settings =
            Settings { credits, found_percent: 0, pace: Pace::Held, ..Settings::default() };
        let env = TestEnv::new(settings);
        env.write("in.csv", people_csv(12));
        let ledger = env.path("gone.db");
        let args = ["in.csv", "-o", "out.csv", "--json"];
        let run = env.bulk_command(&args).ledger(&ledger).spawn();
        env.wait_until(|control| control.polls() > 0);
        std::fs::rename(&ledger, env.path("elsewhere")).unwrap();
        if is_replaced {
            std::fs::write(&ledger, "").unwrap();
        }
        env.control().release();
        let run = run.finish();
        run.exits(6).says("the ledger was removed or replaced while this run used it");
        assert_eq!(run.report()["reason"], "ledger_gone");
        env.assert_posts(1);
        let rows = env.assert_no_row_wrong("in.csv", "out.csv");
        assert_eq!(rows.answered(), if credits == 200 { 4 } else { 12 });
    }
}

#[test]
fn a_search_tells_that_its_ledger_is_gone() {
    let env = TestEnv::new(Settings { pace: Pace::Held, ..Settings::default() });
    let ledger = env.path("gone.db");
    let run = env.command(["find", "ada-example"]).ledger(&ledger).spawn();
    env.wait_until(|control| control.polls() > 0);
    std::fs::remove_file(&ledger).unwrap();
    env.control().release();
    run.finish().exits(6).says("the ledger was removed or replaced while this run used it");
}

#[test]
fn a_ledger_is_not_moved_onto_itself() {
    let env = TestEnv::new(Settings::default());
    env.write("in.csv", people_csv(2));
    env.bulk(&["in.csv", "-o", "out.csv"]).exits(0);
    let ledger = env.ledger();
    let run = env.run(["ledger".as_ref(), "move".as_ref(), ledger.as_os_str()]);
    run.exits(1)
        .says("is the same ledger")
        .says("hint: name another place")
        .says("nothing was changed");
    run.does_not_say("moving").does_not_say("run the same command again");
    env.bulk(&["in.csv", "-o", "again.csv"]).exits(0);
    env.assert_posts(1);
}
