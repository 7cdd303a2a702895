//! A ledger that a team shares: runs on several machines, and a server in between. Where this machine has no PostgreSQL the
//! tests say so and test nothing.

mod cuts;
#[cfg(target_os = "linux")]
mod docs;
mod hunts;
mod moves;
mod opening;
mod rewinds;
mod trips;

use crate::support::people::{people_csv, people_csv_of};
use crate::support::postgres::{self, Server};
use crate::support::{Call, Started, TestEnv, busiest_second};
use enrow_phone::sandbox::{Pace, Settings};
use std::os::unix::fs::PermissionsExt;
use std::time::Duration;

/// A sandbox, and a database without a ledger.
struct Team {
    env: TestEnv,
    server: &'static Server,
    database: String,
}

fn team() -> Option<Team> {
    let pace = Pace::Takes(Duration::from_millis(200));
    team_on(None, Settings { pace, ..Settings::default() })
}

/// On this server, or else on the one that all tests share.
fn team_on(server: Option<&'static Server>, settings: Settings) -> Option<Team> {
    let server = server.or_else(postgres::server)?;
    let database = server.new_database("template1");
    Some(Team { env: TestEnv::new(settings), server, database })
}

impl Team {
    fn address(&self) -> String {
        self.server.address(&self.database)
    }

    #[track_caller]
    fn sql(&self, sql: &str) -> String {
        self.server.sql(&self.database, sql)
    }

    /// How many rows there are: `batches WHERE state = 'sending'`.
    #[track_caller]
    fn count(&self, of: &str) -> usize {
        let count = self.sql(&format!("SELECT count(*) FROM enrow_phone.{of}"));
        count.parse().unwrap()
    }
}

#[track_caller]
fn nobody_is_claimed(server: &Server, database: &str) {
    let claimed =
        server.sql(database, "SELECT count(*) FROM enrow_phone.people WHERE batch IS NOT NULL");
    assert_eq!(claimed, "0", "people are still claimed");
}

/// A call as from another machine: nothing is shared but the server.
fn from_host(env: &TestEnv, host: usize, address: &str, args: &[&str]) -> Call {
    let home = env.path(&format!("host-{host}"));
    std::fs::create_dir_all(&home).unwrap();
    env.bulk_command(args)
        .ledger(address)
        .env("HOME", &home)
        .env("XDG_STATE_HOME", home.join("state"))
}

#[test]
fn eight_runs_of_overlapping_lists_search_each_person_once() {
    let Some(team) = team() else { return };
    let (env, server, address) = (&team.env, team.server, team.address());
    // All of them find no ledger: eight programs make its tables at once.
    let runs: Vec<_> = (0..8)
        .map(|host| {
            let list = format!("list-{host}.csv");
            env.write(&list, people_csv_of(host * 20..host * 20 + 60));
            let out = format!("out-{host}.csv");
            from_host(env, host, &address, &[&list, "-o", &out, "--batch-size=7"]).spawn()
        })
        .collect();
    for run in runs {
        run.finish().exits(0).does_not_say("may have been paid");
    }
    for host in 0..8 {
        env.assert_rows_right(&format!("list-{host}.csv"), &format!("out-{host}.csv"));
    }
    env.assert_nobody_searched_twice();
    let control = env.control();
    let searched: usize = control.batches().iter().map(|batch| batch.requested).sum();
    assert_eq!(searched, 200);
    // Turns are 105 ms apart for all of them together. On a busy machine each of the others may be late by one POST,
    // and all of these may come at once; with a spacing of its own for each program there would be all thirty.
    let busiest = busiest_second(&control);
    assert!(busiest <= 10 + 7, "{busiest} POSTs in a second");
    let log = server.log();
    assert!(!log.contains("deadlock detected"), "{log}");
    // What one of them paid for, all have: nobody is asked for again, from anywhere.
    let posts = control.posts();
    env.write("all.csv", people_csv_of(0..200));
    from_host(env, 9, &address, &["all.csv", "-o", "all-out.csv"]).run().exits(0);
    env.assert_rows_right("all.csv", "all-out.csv");
    env.assert_posts(posts);
}

#[test]
fn a_batch_of_a_colleague_is_collected_by_a_run_with_its_people() {
    let Some(team) = team() else { return };
    let (env, address) = (&team.env, team.address());
    let list = ["people.csv", "-o", "out.csv", "--detach"];
    env.write("people.csv", people_csv(30));
    from_host(env, 1, &address, &list).run().exits(0);
    from_host(env, 2, &address, &list[..3]).run().exits(0);
    env.assert_rows_right("people.csv", "out.csv");
    env.assert_nobody_searched_twice();
    env.assert_posts(1);
}

/// The one line that everybody is told to write.
#[test]
fn a_config_file_names_the_server_and_no_file_of_that_name() {
    let Some(team) = team() else { return };
    let (env, address) = (&team.env, team.address());
    env.write("people.csv", people_csv(3));
    env.write("host-1/config/config.toml", format!("ledger = \"{address}\"\n"));
    let call = from_host(env, 1, &address, &["people.csv", "-o", "out.csv"]);
    let call = call.without_env("ENROW_PHONE_LEDGER");
    call.env("ENROW_PHONE_CONFIG_DIR", env.path("host-1/config")).run().exits(0);
    assert_eq!(team.count("batches WHERE state = 'completed'"), 1);
    assert_eq!(std::fs::read_dir(env.path("host-1/config")).unwrap().count(), 1);
}

#[test]
fn a_person_who_is_suppressed_by_one_is_searched_by_nobody() {
    let Some(team) = team() else { return };
    let (env, address) = (&team.env, team.address());
    env.write("people.csv", "LinkedIn URL\nhttps://www.linkedin.com/in/ada-example\n");
    env.command(["forget", "ada-example", "--suppress", "--yes"]).ledger(&address).run().exits(0);
    from_host(env, 2, &address, &["people.csv", "-o", "out.csv"]).run().exits(0);
    assert_eq!(env.rows("out.csv").count("skipped"), 1);
    env.assert_posts(0);
    let forget = env.command(["forget", "ada-example", "--yes"]).ledger(&address).run();
    forget.exits(0).says("forgot 1 of 1").says("`VACUUM FULL`").says("backups");
}

#[test]
fn a_server_that_cannot_be_used_is_said_and_never_replaced_by_a_local_ledger() {
    let Some(team) = team() else { return };
    let (env, server) = (&team.env, team.server);
    env.write("people.csv", people_csv(3));
    let name = server.new_database("template1");
    server.sql(&name, "CREATE ROLE outsider LOGIN; REVOKE ALL ON DATABASE postgres FROM PUBLIC");
    server.sql(&name, "REVOKE CREATE ON SCHEMA public FROM PUBLIC");
    let nobody = "postgres://ada@127.0.0.1:1/team".to_owned();
    for (address, code, says) in [
        (nobody, 1, "cannot reach the ledger `postgres://ada@127.0.0.1:1/team`"),
        (server.address("not_there"), 1, "does not exist"),
        (server.address_as("stranger", &name), 1, "refuses this user"),
        (server.address_as("outsider", &name), 1, "has no right to do this"),
        ("postgres://ada@db.example/team?sslmode=disable".to_owned(), 2, "without TLS"),
        ("postgres://ada@db.example".to_owned(), 2, "names no user or no database"),
    ] {
        let run = from_host(env, 1, &address, &["people.csv", "-o", "out.csv"]).run();
        run.exits(code).says(says).says("nothing was sent");
    }
    // An argument is shown to every user of the machine.
    let with_password = "--ledger=postgres://ada:s3cret@db.example/team";
    let run = env.bulk(&["people.csv", "-o", "out.csv", with_password]);
    run.exits(2).says("PGPASSWORD").does_not_say("s3cret");
    // Nor where others may read it.
    let config =
        env.write("open/config.toml", "ledger = \"postgres://ada:s3cret@127.0.0.1:1/team\"\n");
    for (mode, code, says) in
        [(0o644, 2, "other users can read"), (0o600, 1, "cannot reach the ledger")]
    {
        std::fs::set_permissions(&config, std::fs::Permissions::from_mode(mode)).unwrap();
        let call =
            env.bulk_command(&["people.csv", "-o", "out.csv"]).without_env("ENROW_PHONE_LEDGER");
        let run = call.env("ENROW_PHONE_CONFIG_DIR", env.path("open")).run();
        run.exits(code).says(says).says("nothing was sent").does_not_say("s3cret");
    }
    let config =
        env.command(["config"]).ledger(with_password.trim_start_matches("--ledger=")).run();
    assert!(!config.exits(0).stdout.contains("s3cret"));
    assert!(!env.path("host-1").join("state").exists(), "a local ledger was made");
    assert!(!env.path("out.csv").exists());
    env.assert_posts(0);
}

#[test]
fn a_team_sees_who_asked_and_nothing_of_a_run_that_is_anonymous() {
    let Some(team) = team() else { return };
    let (env, address) = (&team.env, team.address());
    env.control().change(|settings| settings.pace = Pace::Held);
    env.write("hers.csv", people_csv(3));
    env.write("his.csv", people_csv_of(3..5));
    env.write("both.csv", people_csv(5));
    env.write("host-2/config/config.toml", "anonymous-runs = true\n");
    let bulk = |list: &str, host: usize| {
        let run = from_host(env, host, &address, &[list, "-o", "out.csv", "--detach"]);
        run.env("ENROW_PHONE_CONFIG_DIR", env.path(&format!("host-{host}/config"))).run()
    };
    bulk("hers.csv", 1).exits(0);
    bulk("his.csv", 2).exits(0);
    let told = env.command(["status", "--json"]).ledger(&address).run().exits(0).json();
    let batches = told["under_way"].as_array().unwrap();
    let hers = batches[0]["sent_by"].as_str().unwrap();
    assert!(hers.contains('@'), "{hers}");
    assert!(batches[1]["sent_by"].is_null());
    let text = env.command(["status"]).ledger(&address).run().exits(0).stdout.clone();
    assert!(text.contains("BY") && text.contains(hers), "{text}");
    // Whoever has the same people is told who asks for them; of oneself one is not told.
    bulk("both.csv", 2).exits(0);
    let rows = env.rows("out.csv");
    let notes = [0, 4].map(|row| rows.note(row));
    assert!(notes[0].contains(&format!(", sent by {hers}")), "{notes:?}");
    assert!(!notes[1].contains("sent by"), "{notes:?}");
    bulk("hers.csv", 1).exits(0);
    assert!(!env.read("out.csv").contains("sent by"));
    let usage = env.command(["usage", "--by", "user", "--json"]).ledger(&address).run().json();
    let groups: Vec<_> =
        usage["rows"].as_array().unwrap().iter().map(|row| &row["group"]).collect();
    assert_eq!(groups, ["", hers]);
}

/// A run stands still while its POST is under way; somebody gives its people up, and others search for one of them.
fn what_is_taken_late(env: &TestEnv, ledger: &str, sql: impl Fn(&str)) {
    env.write("people.csv", people_csv(3));
    env.write("one.csv", people_csv(1));
    let call = |args: &[&str]| env.command(args).ledger(ledger);
    env.control().change(|settings| settings.faults = "post:1=taken-late/15s".parse().unwrap());
    let slow = call(&["bulk", "people.csv", "-o", "late.csv"]).spawn();
    env.wait_until(|control| control.posts() == 1);
    sql("UPDATE batches SET state = 'unknown', lost_at = 1");
    // Its run is alive, and its request may leave only now.
    let resubmit = || call(&["recover", "--resubmit", "--yes"]).run();
    resubmit().exits(6).says("its request may still leave").says("until 20");
    sql("UPDATE batches SET send_by = 1000");
    resubmit().exits(0);
    call(&["bulk", "one.csv", "-o", "one-out.csv"]).run().exits(0);
    slow.finish()
        .exits(3)
        .says("of 3 people was taken after it was given up; it holds 120 credits")
        .says("3 of them were free to be searched for again since, and may be paid for twice");
    env.assert_rows_right("people.csv", "late.csv");
    assert_eq!(env.control().searched_twice().len(), 1);
    let told = call(&["status", "--json"]).run().exits(0).json();
    assert_eq!(told["recent"].as_array().unwrap().len(), 2, "{told}");
    call(&["bulk", "people.csv", "-o", "late.csv"]).run().exits(0);
    env.assert_posts(2);
}

#[test]
fn a_batch_that_is_taken_after_it_was_given_up_is_an_alarm_in_a_file() {
    let env = TestEnv::new(Settings::default());
    let ledger = env.ledger().display().to_string();
    what_is_taken_late(&env, &ledger, |sql| env.change_ledger(sql));
}

#[test]
fn a_batch_that_is_taken_after_it_was_given_up_is_an_alarm_on_a_server() {
    let Some(team) = team() else { return };
    what_is_taken_late(&team.env, &team.address(), |sql| {
        team.sql(&sql.replace("UPDATE ", "UPDATE enrow_phone."));
    });
}

#[test]
fn an_answer_that_comes_while_the_server_is_away_is_kept_for_the_next_run() {
    let Some(server) = postgres::own_server("away", "") else { return };
    let env = TestEnv::with_faults("post:1=slow/2s");
    let address = server.address(&server.new_database("template1"));
    env.write("people.csv", people_csv(3));
    let args = ["people.csv", "-o", "out.csv"];
    let run = from_host(&env, 1, &address, &[&args[..], &["--timeout", "5s"]].concat()).spawn();
    env.wait_until(|control| control.posts() == 1);
    server.crash();
    let id = || env.control().batches()[0].id.clone();
    let ended = run.finish();
    let spool = env.path("host-1").join("state/enrow-phone/spool");
    ended.exits(1).says(&format!("recover {}", id())).says(&spool.display().to_string());
    server.run();
    // Elsewhere the batch is unclear, and nobody is asked for again.
    from_host(&env, 1, &address, &args).run().exits(0);
    env.assert_rows_right("people.csv", "out.csv");
    env.assert_posts(1);
    assert_eq!(std::fs::read_dir(spool).unwrap().count(), 0);
}
