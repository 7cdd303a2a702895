//! A ledger that cannot be read or written: a clear message, nothing sent, nothing lost.

use crate::support::Bench;
use crate::support::people::people_csv;
use enrow_phone::sandbox::Settings;
use std::fs;

const ARGS: [&str; 3] = ["people.csv", "-o", "out.csv"];

fn bench(count: usize) -> Bench {
    let bench = Bench::new(Settings::default());
    bench.write_csv("people.csv", &people_csv(count));
    bench
}

#[test]
fn what_is_no_ledger_is_refused_and_left_as_it_is() {
    let bench = bench(20);
    bench.bulk(&ARGS).exits(0);
    let sound = fs::read(bench.ledger()).unwrap();
    let mut torn = sound.clone();
    torn[100..].fill(0xa5);
    let cut = sound[..sound.len() / 2].to_vec();
    let notes = b"call Alba on Monday\n".repeat(500);
    for (name, bytes) in [("torn.db", torn), ("cut.db", cut), ("notes.db", notes)] {
        let path = bench.path(name);
        fs::write(&path, &bytes).unwrap();
        let run = bench.call(&ARGS).ledger(&path).run();
        run.exits(1).says("damaged").says(name);
        assert_eq!(fs::read(&path).unwrap(), bytes, "{name} was changed");
    }
    bench.assert_posts(1);
}

#[test]
fn another_programs_database_and_a_newer_ledger_are_refused() {
    let bench = bench(20);
    let foreign = rusqlite::Connection::open(bench.path("foreign.db")).unwrap();
    foreign.execute_batch("CREATE TABLE songs (name TEXT)").unwrap();
    let run = bench.call(&ARGS).ledger(bench.path("foreign.db")).run();
    run.exits(1).says("another program");

    bench.bulk(&ARGS).exits(0);
    let ledger = rusqlite::Connection::open(bench.ledger()).unwrap();
    ledger.pragma_update(None, "user_version", 99).unwrap();
    drop(ledger);
    bench.bulk(&ARGS).exits(1).says("version 99").says("update enrow-phone");
    bench.assert_posts(1);
}

#[test]
fn a_ledger_that_cannot_be_opened_sends_nothing() {
    let bench = bench(20);
    fs::create_dir(bench.path("folder.db")).unwrap();
    fs::write(bench.path("file"), "").unwrap();
    for name in ["folder.db", "file/ledger.db"] {
        let run = bench.call(&ARGS).ledger(bench.path(name)).run();
        run.exits(1).says(name).says("nothing was sent");
    }
    bench.assert_posts(0);
}

#[cfg(unix)]
#[test]
fn a_ledger_that_is_closed_to_writing_sends_nothing() {
    use std::os::unix::fs::PermissionsExt;
    let bench = bench(20);
    fs::create_dir(bench.path("closed")).unwrap();
    let close = |mode| fs::set_permissions(bench.path("closed"), fs::Permissions::from_mode(mode));
    close(0o500).unwrap();
    let path = bench.path("closed/ledger.db");
    // Nothing is closed to the superuser.
    if fs::write(bench.path("closed/probe"), "").is_err() {
        let run = bench.call(&ARGS).ledger(path).run();
        run.exits(1).says("cannot be written").says("nothing was sent");
        bench.assert_posts(0);
    }
    close(0o700).unwrap();
}

#[test]
fn a_ledger_that_somebody_holds_sends_nothing() {
    let bench = bench(20);
    bench.bulk(&["people.csv", "--dry-run"]).exits(0);
    let holder = rusqlite::Connection::open(bench.ledger()).unwrap();
    holder.execute_batch("BEGIN IMMEDIATE").unwrap();
    bench.bulk(&ARGS).exits(1).says("locked by another program");
    bench.assert_posts(0);
    holder.execute_batch("ROLLBACK").unwrap();
    bench.bulk(&ARGS).exits(0);
    bench.assert_rows_right("people.csv", "out.csv").assert_all_answered();
}

#[cfg(target_os = "linux")]
mod full {
    use super::*;
    use crate::support::PATIENCE;
    use crate::support::run::{Call, Started};
    use enrow_phone::sandbox::{Control, Pace};
    use std::process::Command;

    /// Without the signal that a file beyond the limit sends, writing fails as it does on a full disk.
    const DEAF: &str = "trap '' XFSZ; exec \"$0\" \"$@\"";

    fn spawn(bench: &Bench, args: &[&str]) -> Started {
        Call::through_shell(bench, DEAF, "bulk", args).spawn()
    }

    /// From now on this process can write nothing to any file.
    fn fill_the_disk_of(run: &Started) {
        let pid = run.id().to_string();
        let limited = Command::new("prlimit").args(["--fsize=0:0", "--pid", &pid]).status();
        assert!(limited.expect("`prlimit` can be run").success());
    }

    #[test]
    fn a_full_disk_before_the_claim_sends_nothing() {
        let bench = bench(20);
        bench.bulk(&["people.csv", "--dry-run"]).exits(0);
        bench.control().set_faults("account:2=slow/1s".parse().unwrap());
        let run = spawn(&bench, &ARGS);
        let asked = |control: &Control| control.count(enrow_phone::sandbox::Endpoint::Account) > 1;
        assert!(bench.control().wait_until(PATIENCE, asked));
        fill_the_disk_of(&run);
        run.finish().exits(1).says("ledger.db");
        bench.assert_posts(0);
        bench.bulk(&ARGS).exits(0);
        bench.assert_rows_right("people.csv", "out.csv").assert_all_answered();
    }

    #[test]
    fn answers_that_cannot_be_recorded_are_fetched_again() {
        let bench = bench(20);
        let control = bench.control();
        control.set_pace(Pace::Held);
        let run = spawn(&bench, &ARGS);
        assert!(control.wait_until(PATIENCE, |control| control.polls() > 0));
        fill_the_disk_of(&run);
        control.release();
        run.finish().exits(1).says("ledger.db").says("collected by the next run");
        assert!(!bench.path("out.csv").exists());
        bench.bulk(&ARGS).exits(0);
        bench.assert_rows_right("people.csv", "out.csv").assert_all_answered();
        bench.assert_nobody_searched_twice();
        bench.assert_posts(1);
    }

    #[test]
    fn the_id_of_a_batch_that_cannot_be_recorded_is_told() {
        let bench = bench(20);
        let control = bench.control();
        control.set_faults("post:1=slow/1s".parse().unwrap());
        let run = spawn(&bench, &ARGS);
        assert!(control.wait_until(PATIENCE, |control| control.taken() > 0));
        fill_the_disk_of(&run);
        let run = run.finish();
        let id = control.batches()[0].id.clone();
        run.exits(1).says(&id).says("recover");
        bench.bulk(&ARGS).exits(3);
        bench.assert_posts(1);
        bench.command("recover", &[&id]).run().exits(0);
        bench.bulk(&ARGS).exits(0);
        bench.assert_rows_right("people.csv", "out.csv").assert_all_answered();
        bench.assert_nobody_searched_twice();
        bench.assert_posts(1);
    }

    #[test]
    fn an_output_that_is_full_loses_no_answer() {
        let bench = bench(20);
        let run = bench.bulk(&["people.csv", "-o", "/dev/full"]);
        run.exits(1).says("No space left").says("what was paid for is in the ledger");
        bench.bulk(&ARGS).exits(0);
        bench.assert_rows_right("people.csv", "out.csv").assert_all_answered();
        bench.assert_posts(1);
    }
}
