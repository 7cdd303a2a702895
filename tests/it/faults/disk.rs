//! A ledger that cannot be read or written: a clear message, nothing sent, nothing lost.

use crate::support::people::people_csv;
use crate::support::{Call, Started, TestEnv};
use enrow_phone::sandbox::Settings;
use std::fs;

const ARGS: [&str; 3] = ["people.csv", "-o", "out.csv"];

fn env(count: usize) -> TestEnv {
    let env = TestEnv::new(Settings::default());
    env.write("people.csv", people_csv(count));
    env
}

#[test]
fn what_is_no_ledger_is_refused_and_left_as_it_is() {
    let env = env(20);
    env.bulk(&ARGS).exits(0);
    let sound = fs::read(env.ledger()).unwrap();
    let mut torn = sound.clone();
    torn[100..].fill(0xa5);
    let cut = sound[..sound.len() / 2].to_vec();
    let notes = b"call Alba on Monday\n".repeat(500);
    for (name, bytes) in [("torn.db", torn), ("cut.db", cut), ("notes.db", notes)] {
        let path = env.path(name);
        fs::write(&path, &bytes).unwrap();
        let run = env.bulk_command(&ARGS).ledger(&path).run();
        run.exits(1).says("damaged").says(name);
        assert_eq!(fs::read(&path).unwrap(), bytes, "{name} was changed");
    }
    env.assert_posts(1);
}

#[test]
fn another_programs_database_and_a_newer_ledger_are_refused() {
    let env = env(20);
    let foreign = rusqlite::Connection::open(env.path("foreign.db")).unwrap();
    foreign.execute_batch("CREATE TABLE songs (name TEXT)").unwrap();
    let run = env.bulk_command(&ARGS).ledger(env.path("foreign.db")).run();
    run.exits(1).says("another program");

    env.bulk(&ARGS).exits(0);
    let ledger = rusqlite::Connection::open(env.ledger()).unwrap();
    ledger.pragma_update(None, "user_version", 99).unwrap();
    drop(ledger);
    env.bulk(&ARGS).exits(1).says("version 99").says("update enrow-phone");
    env.assert_posts(1);
}

#[test]
fn a_ledger_that_cannot_be_opened_sends_nothing() {
    let env = env(20);
    fs::create_dir(env.path("folder.db")).unwrap();
    fs::write(env.path("file"), "").unwrap();
    for name in ["folder.db", "file/ledger.db"] {
        let run = env.bulk_command(&ARGS).ledger(env.path(name)).run();
        run.exits(1).says(name).says("nothing was sent");
    }
    env.assert_posts(0);
}

#[cfg(unix)]
#[test]
fn a_ledger_that_is_closed_to_writing_sends_nothing() {
    use std::os::unix::fs::PermissionsExt;
    let env = env(20);
    fs::create_dir(env.path("closed")).unwrap();
    let close = |mode| fs::set_permissions(env.path("closed"), fs::Permissions::from_mode(mode));
    close(0o500).unwrap();
    let path = env.path("closed/ledger.db");
    // Nothing is closed to the superuser.
    if fs::write(env.path("closed/probe"), "").is_err() {
        let run = env.bulk_command(&ARGS).ledger(path).run();
        run.exits(1).says("cannot be written").says("nothing was sent");
        env.assert_posts(0);
    }
    close(0o700).unwrap();
}

#[cfg(target_os = "linux")]
mod full {
    use super::*;
    use crate::support::PATIENCE;
    use enrow_phone::sandbox::{Control, Pace};
    use std::process::Command;

    /// Without the signal that a file beyond the limit sends, writing fails as it does on a full disk.
    const DEAF: &str = "trap '' XFSZ; exec \"$0\" \"$@\"";

    fn spawn(env: &TestEnv, args: &[&str]) -> Started {
        Call::through_shell(env, DEAF, &[&["bulk"], args].concat()).spawn()
    }

    /// From now on this process can write nothing to any file.
    fn fill_the_disk_of(run: &Started) {
        let pid = run.id().to_string();
        let limited = Command::new("prlimit").args(["--fsize=0:0", "--pid", &pid]).status();
        assert!(limited.expect("`prlimit` can be run").success());
    }

    #[test]
    fn a_full_disk_before_the_claim_sends_nothing() {
        let env = env(20);
        env.bulk(&["people.csv", "--dry-run"]).exits(0);
        env.control().change(|settings| settings.faults = "account:2=slow/1s".parse().unwrap());
        let run = spawn(&env, &ARGS);
        let asked = |control: &Control| control.count(enrow_phone::sandbox::Endpoint::Account) > 1;
        env.wait_until(asked);
        fill_the_disk_of(&run);
        run.finish().exits(1).says("ledger.db");
        env.assert_posts(0);
        env.bulk(&ARGS).exits(0);
        env.assert_rows_right("people.csv", "out.csv");
    }

    #[test]
    fn answers_that_cannot_be_recorded_are_fetched_again() {
        let env = env(20);
        let control = env.control();
        control.change(|settings| settings.pace = Pace::Held);
        let run = spawn(&env, &ARGS);
        assert!(control.wait_until(PATIENCE, |control| control.polls() > 0));
        fill_the_disk_of(&run);
        control.release();
        run.finish().exits(1).says("ledger.db").says("the next run collects it");
        assert!(!env.path("out.csv").exists());
        env.bulk(&ARGS).exits(0);
        env.assert_rows_right("people.csv", "out.csv");
        env.assert_nobody_searched_twice();
        env.assert_posts(1);
    }

    #[test]
    fn the_id_of_a_batch_that_cannot_be_recorded_is_told() {
        let env = env(20);
        let control = env.control();
        control.change(|settings| settings.faults = "post:1=slow/1s".parse().unwrap());
        let run = spawn(&env, &ARGS);
        assert!(control.wait_until(PATIENCE, |control| control.taken() > 0));
        fill_the_disk_of(&run);
        let run = run.finish();
        let id = control.batches()[0].id.clone();
        run.exits(1).says(&id).says("recover");
        env.bulk(&ARGS).exits(6);
        env.assert_posts(1);
        env.run(["recover", &id]).exits(0);
        env.bulk(&ARGS).exits(0);
        env.assert_rows_right("people.csv", "out.csv");
        env.assert_nobody_searched_twice();
        env.assert_posts(1);
    }

    #[test]
    fn an_output_that_is_full_loses_no_answer() {
        let env = env(20);
        let run = env.bulk(&["people.csv", "-o", "/dev/full"]);
        run.exits(1).says("No space left").says("what was paid is in the ledger");
        env.bulk(&ARGS).exits(0);
        env.assert_rows_right("people.csv", "out.csv");
        env.assert_posts(1);
    }
}
