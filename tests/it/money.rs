//! What is paid, what is reserved, and what is never exceeded.

use crate::support::people::{people_csv, people_csv_of};
use crate::support::{KEY, PATIENCE, Run, TestEnv, side_by_side};
use enrow_phone::sandbox::{Credits, Endpoint, Pace, Settings, Shapes};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// Batches that take a moment, so that what they reserve can be seen.
const SOON: Pace = Pace::Takes(Duration::from_millis(300));

fn signed(number: impl TryInto<i64>) -> i64 {
    number.try_into().ok().expect("a count of credits")
}

/// Runs with a witness that sees the account after every request; answers the most that was reserved and charged.
#[track_caller]
fn witnessed(env: &TestEnv, args: &[&str]) -> (Run, u64) {
    let control = env.control();
    let ended = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let witness = scope.spawn(|| {
            let mut most = 0;
            control.wait_until(PATIENCE, |control| {
                let Credits { charged, reserved, .. } = control.credits();
                most = most.max(charged + reserved);
                ended.load(Ordering::Relaxed)
            });
            most
        });
        let run = env.bulk(args);
        ended.store(true, Ordering::Relaxed);
        (run, witness.join().expect("the witness lives"))
    })
}

#[test]
fn the_receipt_agrees_with_the_account() {
    for shapes in [Shapes::Newest, Shapes::Older] {
        let env = TestEnv::new(Settings { pace: SOON, shapes, ..Settings::default() });
        env.write("people.csv", people_csv(60));
        let run = env.bulk(&["people.csv", "-o", "out.csv", "--json", "--batch-size=25"]);
        run.exits(0).does_not_say("than this run explains");
        let rows = env.assert_rows_right("people.csv", "out.csv");
        env.assert_posts(3);
        let found = signed(rows.count("found"));
        let credits = env.control().credits();
        assert_eq!(run.figure("credits.reserved"), 60 * 40);
        assert_eq!(run.figure("credits.net"), found * 40);
        assert_eq!(run.figure("credits.refunded"), (60 - found) * 40);
        assert_eq!(run.figure("credits.in_doubt"), 0);
        assert_eq!(run.figure("credits.unexplained"), 0);
        assert_eq!(run.figure("credits.balance_before"), 1_000_000);
        assert_eq!(run.figure("credits.balance_after"), signed(credits.balance()));
        assert_eq!(signed(credits.charged), found * 40);
    }
}

#[test]
fn a_balance_that_the_run_does_not_explain_is_said() {
    let env = TestEnv::with_faults("post:2=spend/400");
    env.write("people.csv", people_csv(40));
    let run = env.bulk(&["people.csv", "-o", "out.csv", "--json", "--batch-size=20"]);
    run.exits(0).says("warning: the balance is 400 less than this run explains");
    assert_eq!(run.figure("credits.unexplained"), -400);
}

#[test]
fn more_than_any_late_refund_explains_is_said_even_if_quiet() {
    for (spent, said) in [(100_000, true), (40, false)] {
        let env = TestEnv::with_faults(&format!("post:2=spend/{spent}"));
        env.write("people.csv", people_csv(40));
        let run = env.bulk(&["people.csv", "-o", "out.csv", "--quiet", "--batch-size=20"]);
        run.exits(0);
        assert_eq!(!run.stderr.is_empty(), said, "{}", run.stderr);
    }
}

#[test]
fn a_ledger_that_was_restored_says_so_before_it_spends() {
    let env = TestEnv::new(Settings { found_percent: 100, ..Settings::default() });
    for (file, people) in [("a.csv", 0..5), ("b.csv", 5..10), ("c.csv", 10..15)] {
        env.write(file, people_csv_of(people));
    }
    env.bulk(&["a.csv", "-o", "out.csv"]).exits(0).does_not_say("than this ledger explains");
    std::fs::copy(env.ledger(), env.path("backup.db")).unwrap();
    env.bulk(&["b.csv", "-o", "out.csv"]).exits(0).does_not_say("than this ledger explains");
    std::fs::copy(env.path("backup.db"), env.ledger()).unwrap();
    let run = env.bulk(&["c.csv", "-o", "out.csv", "--json"]);
    run.exits(0).says("warning: the balance is 200 less than this ledger explains");
    assert_eq!(run.figure("planned.spent_elsewhere"), 200);
    // It is said once: nobody is kept from working.
    env.bulk(&["b.csv", "-o", "out.csv"]).exits(0).does_not_say("than this ledger explains");
    // A run that asks nobody reads no balance and warns of nothing.
    env.control().spend_credits(1000);
    env.bulk(&["a.csv", "-o", "out.csv"]).exits(0).does_not_say("than this ledger explains");
}

#[test]
fn a_batch_that_a_restored_ledger_forgot_is_taken_in_by_its_id() {
    let env = TestEnv::new(Settings { found_percent: 60, ..Settings::default() });
    env.write("a.csv", people_csv_of(0..5));
    env.write("b.csv", people_csv_of(5..25));
    env.bulk(&["a.csv", "-o", "out.csv"]).exits(0);
    std::fs::copy(env.ledger(), env.path("backup.db")).unwrap();
    env.bulk(&["b.csv", "-o", "first.csv"]).exits(0);
    std::fs::copy(env.path("backup.db"), env.ledger()).unwrap();
    let id = env.control().batches()[1].id.clone();
    let fetch = format!("`enrow-phone fetch {id}`");
    env.run(["recover", &id]).exits(1).says("nothing was changed").says(&fetch);
    env.run(["fetch", &id, "-o", "fetched.csv"]).exits(0);
    env.bulk(&["b.csv", "-o", "out.csv"]).exits(0);
    env.assert_posts(2);
    env.assert_rows_right("b.csv", "out.csv");
    assert_eq!(env.read("out.csv"), env.read("first.csv"));
}

#[test]
fn while_anything_of_ours_may_change_the_balance_nothing_is_said_of_others() {
    // Refunds are in the balance 75 s after the batch is done.
    let env = TestEnv::new(Settings {
        faults: "batch:1=refund-late/75s".parse().unwrap(),
        found_percent: 0,
        ..Settings::default()
    });
    env.write("a.csv", people_csv_of(0..5));
    env.write("b.csv", people_csv_of(5..10));
    env.bulk(&["a.csv", "-o", "out.csv"]).exits(0);
    env.bulk(&["b.csv", "-o", "out.csv"]).exits(0).does_not_say("than this ledger explains");
}

#[test]
fn a_receipt_keeps_refunds_of_earlier_runs_apart() {
    let env = TestEnv::new(Settings { pace: Pace::Held, ..Settings::default() });
    env.write("people.csv", people_csv(30));
    let sent = env.bulk(&["people.csv", "-o", "out.csv", "--json", "--detach"]);
    sent.exits(0);
    assert_eq!(sent.figure("credits.reserved"), 1200);
    assert_eq!(env.rows("out.csv").count("pending"), 30);
    env.control().release();
    let collected = env.bulk(&["people.csv", "-o", "out.csv", "--json"]);
    collected.exits(0).does_not_say("than this run explains");
    let found = signed(env.assert_rows_right("people.csv", "out.csv").count("found"));
    assert_eq!(collected.figure("credits.reserved"), 0);
    assert_eq!(collected.figure("credits.refunded_earlier"), (30 - found) * 40);
    env.assert_posts(1);
}

#[test]
fn refunds_are_put_to_work_until_less_than_one_search_is_affordable() {
    side_by_side([(40, 3000), (50, 3000), (40, 170)], |&(price, size)| {
        let env = TestEnv::new(Settings {
            credits: 1000 * price,
            pace: Pace::Takes(Duration::from_millis(50)),
            price,
            ..Settings::default()
        });
        env.write("people.csv", people_csv(3000));
        let size = format!("--batch-size={size}");
        let run = env.bulk(&["people.csv", "-o", "out.csv", &size, "--json"]);
        run.exits(5).says("credits ran out");
        let rows = env.assert_no_row_wrong("people.csv", "out.csv");
        env.assert_nobody_searched_twice();
        let control = env.control();
        let credits = control.credits();
        assert!(credits.balance() < price, "{credits:?} could pay for more");
        assert_eq!(credits.charged + credits.balance(), 1000 * price);
        assert_eq!(signed(credits.charged), signed(rows.count("found")) * signed(price));
        let searched: usize = control.batches().iter().map(|batch| batch.requested).sum();
        assert_eq!(rows.answered(), searched);
        assert_eq!(rows.count("not_submitted"), 3000 - searched);
        assert!(searched > 1500, "only {searched} were searched");
        // The price is learned, so nothing is sent that the credits do not cover.
        let refused = |status| {
            let requests = control.requests();
            requests.iter().filter(|r| r.status == Some(status)).count()
        };
        assert_eq!((refused(402), refused(429)), (0, 0));
        assert_eq!(run.figure("credits.unexplained"), 0);
    });
}

#[test]
fn the_price_is_learned_and_not_assumed() {
    side_by_side([10, 40, 50, 75], |&price| {
        let env = TestEnv::new(Settings { credits: 100 * price, price, ..Settings::default() });
        env.write("a.csv", people_csv_of(0..20));
        env.write("b.csv", people_csv_of(20..40));
        let first = env.bulk(&["a.csv", "-o", "out.csv"]);
        first.exits(0);
        first.says("800 at most (40 a number; 1,000 on a legacy plan)");
        let second = env.bulk(&["b.csv", "-o", "out.csv", "--dry-run"]);
        second.exits(0).does_not_say("legacy plan");
        let at_most = crate::support::rows::grouped(20 * price);
        second.says(&format!("{at_most} at most ({price} a number)"));
    });
}

#[test]
fn a_budget_is_not_exceeded_at_any_instant() {
    let budget = 1000;
    let cases = [
        (10, 60, 10, ""),
        (40, 60, 10, ""),
        (40, 100, 10, ""),
        (50, 100, 10, ""),
        // Dearer than any price that is documented: the first batch as the budget would have it would cost 1,500.
        (75, 100, 40, ""),
        (40, 60, 10, "post:2=reset-after"),
        (40, 60, 10, "post:1=reset-after"),
        (40, 60, 10, "post:2=reset"),
        (40, 60, 10, "post:2=503-after, batch:3=failed"),
        (40, 0, 10, "batch:2=no-results"),
    ];
    side_by_side(cases, |&(price, found_percent, size, faults)| {
        let env = TestEnv::new(Settings {
            faults: faults.parse().unwrap(),
            found_percent,
            pace: SOON,
            price,
            ..Settings::default()
        });
        env.write("people.csv", people_csv(250));
        let size = format!("--batch-size={size}");
        let args = ["people.csv", "-o", "out.csv", "--json", &size];
        let (run, most) = witnessed(&env, &[&args[..], &["--max-credits=1000"]].concat());
        assert!(most <= budget, "{most} of {budget} credits");
        env.assert_nobody_searched_twice();
        let rows = env.assert_no_row_wrong("people.csv", "out.csv");
        if faults.is_empty() {
            let searched: usize = env.control().batches().iter().map(|b| b.requested).sum();
            assert_eq!(rows.answered(), searched);
        }
        if rows.count("not_submitted") > 0 {
            run.exits(if rows.count("unknown") > 0 { 6 } else { 5 });
            run.says("`--max-credits` was reached");
            // What is left would not have paid for one more; a lost answer may have cost the highest price.
            let left = budget - env.control().credits().charged;
            let doubt = u64::try_from(run.figure("credits.in_doubt")).unwrap();
            assert!(left < price + doubt, "{left} credits were not used");
        }
        if found_percent == 100 {
            let searched = env.control().credits().charged / price;
            assert_eq!(searched, budget / price);
        }
    });
}

#[test]
fn a_budget_below_one_search_sends_nothing() {
    let env = TestEnv::new(Settings::default());
    env.write("people.csv", people_csv(5));
    let run = env.bulk(&["people.csv", "-o", "out.csv", "--max-credits=39"]);
    run.exits(5).says("`--max-credits` was reached");
    env.assert_posts(0);
    let rows = env.assert_no_row_wrong("people.csv", "out.csv");
    assert_eq!(rows.count("not_submitted"), 5);
}

#[test]
fn a_dry_run_sends_nothing_and_tells_what_a_run_would_do() {
    let env = TestEnv::new(Settings::default());
    env.write(
        "people.csv",
        &(people_csv(12)
            + "row-x,Ida,,,,\n"
            + "again,Alba,Babababa,,,https://fr.linkedin.com/in/alba-babababa-0/\n"),
    );
    env.write("out.csv", "as it was");
    let told = env.bulk(&["people.csv", "-o", "out.csv", "--dry-run", "--json"]);
    told.exits(0)
        .says("14 rows, 12 people, 1 duplicate, 1 not searchable")
        .says("12 people to search: about 240 credits, 480 at most")
        .says("balance 1,000,000: at least 999,520 will remain (999,400 on a legacy plan)")
        .says("nothing was sent")
        .says("`out.csv` exists, so the plan was not written");
    env.assert_posts(0);
    assert_eq!(env.read("out.csv"), "as it was");
    let report = told.report();
    assert_eq!((&report["reason"], &report["rows"]), (&"dry_run".into(), &serde_json::Value::Null));
    assert_eq!(told.figure("unsearchable"), 1);
    assert_eq!(told.figure("planned.new"), 12);
    assert_eq!(told.figure("planned.at_most"), 600);
    // The same figures are told before a run that spends.
    let run = env.bulk(&["people.csv", "-o", "out.csv"]);
    run.exits(0)
        .says("14 rows, 12 people, 1 duplicate, 1 not searchable")
        .says("12 people to search: about 240 credits, 480 at most");
    env.assert_posts(1);
    let after = env.bulk(&["people.csv", "-o", "out.csv", "--dry-run"]);
    after.exits(0).says("nothing new to search").says("12 known from the ledger");
    env.assert_posts(1);
}

#[test]
fn without_credits_nothing_is_sent() {
    let env = TestEnv::new(Settings { credits: 39, ..Settings::default() });
    env.write("people.csv", people_csv(5));
    let run = env.bulk(&["people.csv", "-o", "out.csv"]);
    run.exits(5).says("credits ran out");
    assert_eq!(env.assert_no_row_wrong("people.csv", "out.csv").count("not_submitted"), 5);
    assert_eq!(env.control().taken(), 0);
    env.control().add_credits(1000);
    env.bulk(&["people.csv", "-o", "out.csv"]).exits(0);
    env.assert_rows_right("people.csv", "out.csv");
}

#[test]
fn a_refusal_for_credits_is_believed_and_nothing_of_it_is_lost() {
    let cases = [
        // Somebody spends what the run had counted on.
        (Shapes::Newest, 4000, "post:2=spend/2390", 5),
        (Shapes::Older, 4000, "post:2=spend/2390", 5),
        // Enrow says no although the balance would do.
        (Shapes::Newest, 1_000_000, "post:1=402", 0),
        (Shapes::Older, 1_000_000, "post:2=422", 0),
        (Shapes::Newest, 1_000_000, "post:*=402", 5),
    ];
    side_by_side(cases, |&(shapes, credits, faults, code)| {
        let env = TestEnv::new(Settings {
            credits,
            faults: faults.parse().unwrap(),
            pace: SOON,
            shapes,
            ..Settings::default()
        });
        env.write("people.csv", people_csv(100));
        let args = ["people.csv", "-o", "out.csv", "--batch-size=40"];
        env.bulk(&args).exits(code);
        let rows = env.assert_no_row_wrong("people.csv", "out.csv");
        assert_eq!(rows.answered() + rows.count("not_submitted"), 100);
        assert!(env.control().posts() < 20);
        // The people who were refused are free to be asked for.
        env.control().change(|settings| settings.faults = "".parse().unwrap());
        env.control().add_credits(10_000);
        env.bulk(&args).exits(0);
        env.assert_rows_right("people.csv", "out.csv");
        env.assert_nobody_searched_twice();
    });
}

#[test]
fn credits_that_are_added_while_a_run_waits_are_used() {
    let env = TestEnv::new(Settings { credits: 20 * 50, pace: Pace::Held, ..Settings::default() });
    let control = env.control();
    env.write("people.csv", people_csv(60));
    let run = env.spawn_bulk(&["people.csv", "-o", "out.csv", "--batch-size=20"]);
    assert!(control.wait_until(PATIENCE, |control| control.polls() > 0));
    control.add_credits(5000);
    control.change(|settings| settings.pace = Pace::INSTANT);
    control.release();
    run.finish().exits(0);
    env.assert_rows_right("people.csv", "out.csv");
    env.assert_nobody_searched_twice();
}

#[test]
fn a_batch_that_another_key_cannot_see_stays_pending() {
    let env = TestEnv::new(Settings { pace: Pace::Held, ..Settings::default() });
    let control = env.control();
    env.write("people.csv", people_csv(10));
    env.bulk(&["people.csv", "-o", "out.csv", "--detach"]).exits(0);
    control.release();
    // Two more people, whom the other key does search for.
    env.write("more.csv", people_csv(12));
    control.change(|settings| settings.pace = Pace::INSTANT);
    let args = ["more.csv", "-o", "out.csv", "--timeout=5s"];
    env.bulk_command(&args).key("another-key").run().exits(3);
    let rows = env.assert_no_row_wrong("more.csv", "out.csv");
    assert_eq!((rows.count("pending"), rows.answered()), (10, 2));
    let first = control.batches()[0].id.clone();
    let asked_with = |key| {
        let requests = control.requests();
        let ours = |line: &str| line.contains(&first);
        requests.iter().filter(|r| r.key.as_deref() == Some(key) && ours(&r.line)).count()
    };
    assert!(asked_with("another-key") > 0);
    env.bulk(&["more.csv", "-o", "out.csv"]).exits(0);
    env.assert_rows_right("more.csv", "out.csv");
    assert!(asked_with(KEY) > 0);
    env.assert_nobody_searched_twice();
    env.assert_posts(2);
}

#[test]
fn a_batch_in_doubt_is_not_judged_by_another_keys_balance() {
    let env = TestEnv::with_faults("post:1=reset-after");
    env.write("people.csv", people_csv(10));
    env.bulk(&["people.csv", "-o", "out.csv"]).exits(6);
    let other = env.bulk_command(&["people.csv", "-o", "out.csv"]).key("another-key").run();
    other.exits(6);
    let rows = env.assert_no_row_wrong("people.csv", "out.csv");
    assert_eq!(rows.count("unknown"), 10);
    assert!(rows.note(0).contains("API key"), "{}", rows.note(0));
    env.assert_posts(1);
}

#[test]
fn answers_of_the_ledger_are_used_whatever_the_key() {
    let env = TestEnv::new(Settings::default());
    env.write("people.csv", people_csv(10));
    env.bulk(&["people.csv", "-o", "out.csv"]).exits(0);
    let first = env.read("out.csv");
    let other = env.bulk_command(&["people.csv", "-o", "out.csv"]).key("another-key").run();
    other.exits(0);
    assert_eq!(env.read("out.csv"), first);
    env.assert_posts(1);
}

#[test]
fn a_refused_key_ends_with_4_and_leaves_everybody_free() {
    let refused = |list: &str| vec![list.to_owned()];
    let keys = [
        Settings { refused_keys: refused("bad-key"), ..Settings::default() },
        Settings { keys_without_phones: refused("bad-key"), ..Settings::default() },
    ];
    side_by_side(keys, |settings| {
        let env = TestEnv::new(settings.clone());
        env.write("people.csv", people_csv(10));
        env.write("out.csv", "as it was");
        let run = env.bulk_command(&["people.csv", "-o", "out.csv"]).key("bad-key").run();
        run.exits(4).says("refused the API key");
        assert_eq!(env.read("out.csv"), "as it was");
        assert_eq!(env.control().taken(), 0);
        env.bulk(&["people.csv", "-o", "out.csv"]).exits(0);
        env.assert_rows_right("people.csv", "out.csv");
    });
    let env = TestEnv::new(Settings::default());
    env.write("people.csv", people_csv(1));
    let call = env.bulk_command(&["people.csv", "-o", "out.csv"]);
    call.without_env("ENROW_API_KEY").run().exits(4).says("no API key");
    assert_eq!(env.control().count(Endpoint::Account), 0);
}
