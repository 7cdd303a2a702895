//! The ledger is no output, and not everything is a ledger.

use crate::support::people::profiles_csv;
use crate::support::{Run, TestEnv};
use enrow_phone::sandbox::{Pace, Settings};
use std::fs;

/// An environment with a ledger that knows somebody.
fn env() -> TestEnv {
    let env = TestEnv::new(Settings { found_percent: 100, ..Settings::default() });
    env.write("in.csv", profiles_csv(0..1));
    env.bulk(&["in.csv", "-o", "out.csv"]).exits(0);
    env
}

#[track_caller]
fn assert_refused(env: &TestEnv, path: &str, what: &str) {
    let requests = env.control().requests().len();
    let said = format!(" names {what}: ");
    env.bulk(&["in.csv", "-o", path]).exits(2).says("error: `-o`").says(&said);
    env.bulk(&["in.csv", "-o", "new.csv", "--report", path])
        .exits(2)
        .says("`--report`")
        .says(&said);
    env.run(["fetch", "some-id", "-o", path]).exits(2).says(&said).says("nothing was written");
    assert_eq!(env.control().requests().len(), requests, "{path}");
}

#[test]
fn no_output_is_written_over_the_ledger_a_key_or_the_config_file() {
    let env = env();
    env.command(["login"]).without_env("ENROW_API_KEY").stdin("kept-key").run().exits(0);
    env.write("config/config.toml", "batch-size = 100\n");
    fs::create_dir(env.path("folder")).expect("a folder can be made");
    let before = fs::read(env.ledger()).expect("it can be read");
    let names = ["ledger.db", "./ledger.db", "folder/../ledger.db"];
    let parts =
        ["ledger.db-wal", "ledger.db-shm", "ledger.db-journal", "ledger.db-run-0123456789abcdef"];
    for path in names.into_iter().chain(parts) {
        assert_refused(&env, path, "the ledger");
    }
    assert_refused(&env, "config/api-key", "the API key");
    assert_refused(&env, "config/config.toml", "the config file");
    assert!(!env.path("ledger.db-wal").exists());
    assert_eq!(fs::read(env.ledger()).expect("it can be read"), before);
    env.write("key", "another-key\n");
    let key = ["bulk", "in.csv", "-o", "key", "--api-key-file", "key"];
    env.run(key).exits(2).says("`-o` names the API key");
    assert_eq!(env.read("key"), "another-key\n");
}

#[cfg(unix)]
#[test]
fn links_and_descriptors_are_seen_through() {
    let env = env();
    std::os::unix::fs::symlink(env.ledger(), env.path("link.csv")).expect("a link can be made");
    std::os::unix::fs::symlink(env.path("ledger.db-wal"), env.path("wal.csv"))
        .expect("a link can be made");
    assert_refused(&env, "link.csv", "the ledger");
    assert_refused(&env, "wal.csv", "the ledger");
    let before = fs::read(env.ledger()).expect("it can be read");
    for script in [
        "exec \"$0\" \"$@\" >> ledger.db",
        "exec \"$0\" \"$@\" -o /dev/fd/3 3>> ledger.db",
        "ln ledger.db hard.csv; \"$0\" \"$@\" -o hard.csv; code=$?; rm hard.csv; exit $code",
    ] {
        let run = crate::support::Call::through_shell(&env, script, &["bulk", "in.csv"]).run();
        run.exits(2).says("`-o` names the ledger: ");
        assert_eq!(fs::read(env.ledger()).expect("it can be read"), before, "{script}");
    }
    env.bulk(&["in.csv", "-o", "/dev/null"]).exits(0);
}

/// A folder's names with what tells whether a file was touched.
fn state(env: &TestEnv, name: &str) -> (Vec<u8>, fs::Metadata) {
    let path = env.path(name);
    (fs::read(&path).expect("it can be read"), fs::metadata(path).expect("it is there"))
}

#[track_caller]
fn assert_untouched(env: &TestEnv, name: &str, (bytes, metadata): &(Vec<u8>, fs::Metadata)) {
    let (now, after) = state(env, name);
    assert_eq!((&now, after.permissions()), (bytes, metadata.permissions()), "{name}");
    let beside = fs::read_dir(env.folder()).expect("it can be read").flatten();
    let beside =
        beside.filter(|entry| entry.file_name().to_string_lossy().starts_with(&format!("{name}-")));
    assert_eq!(
        beside.map(|entry| entry.file_name()).collect::<Vec<_>>(),
        Vec::<std::ffi::OsString>::new()
    );
}

fn with_ledger(env: &TestEnv, path: &str) -> Run {
    env.run(["bulk", "in.csv", "-o", "new.csv", "--ledger", path])
}

#[test]
fn what_is_no_ledger_is_refused_before_anything_of_it_is_touched() {
    let env = env();
    let posts = env.control().posts();
    env.write("list.csv", profiles_csv(0..50));
    env.write("short.txt", "x");
    let songs = rusqlite::Connection::open(env.path("songs.db")).unwrap();
    songs.pragma_update(None, "journal_mode", "WAL").unwrap();
    songs.execute_batch("CREATE TABLE songs (name TEXT)").unwrap();
    drop(songs);
    rusqlite::Connection::open(env.path("empty.db")).unwrap().execute_batch("VACUUM").unwrap();
    #[cfg(unix)]
    for name in ["list.csv", "songs.db"] {
        env.set_mode(name, 0o644);
    }
    for (name, why) in [
        ("list.csv", "it is not a database"),
        ("short.txt", "it is not a database"),
        ("songs.db", "it is a database of another program"),
    ] {
        let before = state(&env, name);
        with_ledger(&env, name).exits(1).says(why).says("nothing was sent");
        env.run(["status", "--ledger", name]).exits(1).says(why);
        assert_untouched(&env, name, &before);
    }
    assert_eq!(env.control().posts(), posts);
}

#[test]
fn a_hot_journal_of_another_program_is_not_rolled_back() {
    let env = env();
    let songs = rusqlite::Connection::open(env.path("songs.db")).unwrap();
    songs
        .execute_batch("CREATE TABLE songs (name TEXT); INSERT INTO songs VALUES ('one')")
        .unwrap();
    songs.pragma_update(None, "cache_size", 1).unwrap();
    songs.execute_batch("BEGIN; UPDATE songs SET name = hex(randomblob(50000))").unwrap();
    // As after a crash: the change is half written and the journal beside it.
    env.write("crashed.db", fs::read(env.path("songs.db")).unwrap());
    env.write("crashed.db-journal", fs::read(env.path("songs.db-journal")).unwrap());
    drop(songs);
    let before = state(&env, "crashed.db");
    with_ledger(&env, "crashed.db").exits(1).says("it is a database of another program");
    assert!(env.path("crashed.db-journal").exists());
    assert_eq!(state(&env, "crashed.db").0, before.0);
}

#[cfg(unix)]
mod unix {
    use super::*;
    use crate::files::fifo::fifo;
    use crate::support::Call;
    use std::os::unix::fs::{MetadataExt, chown};
    use std::time::{Duration, SystemTime};

    #[test]
    fn devices_pipes_and_folders_are_left_alone() {
        let env = env();
        fifo(&env, "pipe");
        fs::create_dir(env.path("folder")).expect("a folder can be made");
        for (path, mode) in [("/dev/null", 0o666), ("pipe", 0o640), ("folder", 0o755)] {
            if path != "/dev/null" {
                env.set_mode(path, mode);
            }
            let before = fs::metadata(env.path(path)).expect("it is there").permissions();
            with_ledger(&env, path).exits(1).says("it is not a regular file");
            assert_eq!(fs::metadata(env.path(path)).expect("it is there").permissions(), before);
        }
    }

    #[test]
    fn no_pipe_beside_the_ledger_is_waited_for() {
        for name in ["ledger.db-wal", "ledger.db-shm", "ledger.db-journal"] {
            let env = env();
            fifo(&env, name);
            env.bulk(&["in.csv", "-o", "out.csv"]).exits(1).says("and is not a regular file");
        }
        let env = env();
        let token = "0123456789abcdef";
        fifo(&env, &format!("ledger.db-run-{token}"));
        let ledger = rusqlite::Connection::open(env.ledger()).unwrap();
        ledger.execute("INSERT INTO runs (token) VALUES (?1)", [token]).unwrap();
        drop(ledger);
        env.bulk(&["in.csv", "-o", "out.csv"]).exits(0);
    }

    #[test]
    fn old_lock_files_are_swept_and_young_ones_are_not() {
        let env = env();
        let hour = SystemTime::now() - Duration::from_hours(1);
        let file = |name: &str, modified: SystemTime| {
            let path = env.write(name, "");
            let file = fs::File::options().write(true).open(&path).expect("it can be opened");
            file.set_modified(modified).expect("times can be set");
            (path, file)
        };
        let (old, _) = file("ledger.db-run-00000000000000aa", hour);
        let (young, _) = file("ledger.db-run-00000000000000bb", SystemTime::now());
        let (held, lock) = file("ledger.db-run-00000000000000cc", hour);
        let (other, _) = file("ledger.db-run-notes", hour);
        lock.lock().expect("it can be locked");
        env.bulk(&["in.csv", "-o", "out.csv"]).exits(0);
        assert_eq!([old, young, held, other].map(|path| path.exists()), [false, true, true, true]);
    }

    /// A command as a user for whom rights hold, to whom the folder `state` belongs: for root they do not.
    fn call(env: &TestEnv, args: &[&str]) -> Run {
        let is_root = fs::metadata("/proc/self").is_ok_and(|own| own.uid() == 0);
        let script = if is_root {
            "exec setpriv --reuid=65534 --regid=65534 --clear-groups \"$0\" \"$@\""
        } else {
            "exec \"$0\" \"$@\""
        };
        for path in ["state", "state/ledger.db"].map(|name| env.path(name)) {
            if is_root && path.exists() {
                chown(path, Some(65534), Some(65534)).expect("root gives files away");
            }
        }
        Call::through_shell(env, script, args).ledger(env.path("state/ledger.db")).run()
    }

    #[test]
    fn a_ledger_that_cannot_be_written_still_answers() {
        let env = TestEnv::new(Settings { found_percent: 100, ..Settings::default() });
        env.set_mode(".", 0o755);
        env.write("in.csv", profiles_csv(0..1));
        fs::create_dir(env.path("state")).expect("a folder can be made");
        call(&env, &["bulk", "in.csv"]).exits(0);
        env.set_mode("state", 0o500);
        let posts = env.control().posts();
        let status = call(&env, &["status"]);
        assert!(status.exits(0).stdout.contains("1 answered"), "{status:?}");
        assert!(status.stdout.contains("state/ledger.db"), "{status:?}");
        let known = env.rows("in.csv").cell(0, "linkedin_url").to_owned();
        call(&env, &["find", &known]).exits(0);
        let unwritable = "state/ledger.db` cannot be written: Permission denied";
        call(&env, &["bulk", "in.csv", "--dry-run"]).exits(0).says(unwritable);
        for args in [
            &["find", "linkedin.com/in/somebody-new"][..],
            &["bulk", "in.csv"],
            &["forget", &known],
        ] {
            call(&env, args).exits(1).says(unwritable);
        }
        // The file alone, in a folder in which anybody may write.
        env.set_mode("state", 0o700);
        env.set_mode("state/ledger.db", 0o400);
        call(&env, &["status"]).exits(0);
        call(&env, &["find", &known]).exits(0);
        call(&env, &["bulk", "in.csv"]).exits(1).says("cannot be written");
        assert_eq!(env.control().posts(), posts);
    }

    #[test]
    fn a_ledger_in_use_is_said_to_be_waited_for() {
        let env = TestEnv::new(Settings { pace: Pace::Held, ..Settings::default() });
        env.write("in.csv", profiles_csv(0..1));
        env.run(["status"]).exits(0);
        env.write("ledger.db", "");
        let holder = fs::File::open(env.ledger()).expect("it can be opened");
        holder.lock_shared().expect("it can be locked");
        let run = env.spawn_bulk(&["in.csv", "-o", "out.csv"]);
        run.wait_for_message("which is in use");
        run.signal("INT");
        run.finish().exits(130).says("nothing was sent");
    }
}
