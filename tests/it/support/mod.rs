//! The real binary against a sandbox in the test's own process.
//!
//! A [`TestEnv`] is a sandbox, a folder and a ledger. [`TestEnv::run`] runs a command to its end; the [`Run`] that it
//! returns asserts on exit code, messages and rows. Every wait ends with what is waited for, or fails after
//! [`PATIENCE`].

#[cfg(all(unix, feature = "postgres"))]
mod over_server;
pub(crate) mod people;
#[cfg(all(unix, feature = "postgres"))]
mod pgbouncer;
#[cfg(all(unix, feature = "postgres"))]
pub(crate) mod postgres;
pub(crate) mod rows;
pub(crate) mod run;
#[cfg(all(unix, feature = "postgres"))]
pub(crate) mod wire;

use enrow_phone::sandbox::{Control, Endpoint, Pace, Request, Sandbox, Settings};
use rows::Rows;
pub(crate) use run::{Call, Run, Started};
use std::ffi::OsStr;
use std::fmt::Debug;
use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::time::Duration;
use tempfile::TempDir;

/// Longer than anything here takes on a busy machine.
pub(crate) const PATIENCE: Duration = Duration::from_secs(90);

/// The API key of a command that names no other.
pub(crate) const KEY: &str = "key-of-the-test";

/// A sandbox, and a folder with a ledger in which commands run.
pub(crate) struct TestEnv {
    #[cfg(all(unix, feature = "postgres"))]
    database: Option<over_server::Database>,
    folder: TempDir,
    sandbox: Sandbox,
}

impl TestEnv {
    #[must_use]
    #[track_caller]
    pub(crate) fn new(settings: Settings) -> Self {
        // The sandbox calls webhooks.
        drop(rustls::crypto::ring::default_provider().install_default());
        Self {
            #[cfg(all(unix, feature = "postgres"))]
            database: over_server::Database::of_the_suite(),
            folder: tempfile::tempdir().expect("a temporary folder can be made"),
            sandbox: Sandbox::start(settings, 0).expect("a sandbox can be served"),
        }
    }

    /// An environment whose sandbox has these faults, as on the command line: `post:1=reset-after, batch:2=failed`.
    #[must_use]
    #[track_caller]
    pub(crate) fn with_faults(faults: &str) -> Self {
        Self::paced_with_faults(Pace::INSTANT, faults)
    }

    /// The same, but its batches end when they are released.
    #[must_use]
    #[track_caller]
    pub(crate) fn held_with_faults(faults: &str) -> Self {
        Self::paced_with_faults(Pace::Held, faults)
    }

    #[track_caller]
    fn paced_with_faults(pace: Pace, faults: &str) -> Self {
        let faults = faults.parse().unwrap_or_else(|error| panic!("{faults}: {error}"));
        Self::new(Settings { faults, pace, ..Settings::default() })
    }

    /// What the sandbox saw, and the way to change it.
    pub(crate) fn control(&self) -> Control {
        self.sandbox.control()
    }

    #[track_caller]
    pub(crate) fn last_key(&self) -> String {
        let last = self.control().requests().pop().expect("somebody asked");
        last.key.expect("it had a key")
    }

    /// Waits until the sandbox has seen something.
    #[track_caller]
    pub(crate) fn wait_until(&self, holds: impl FnMut(&Control) -> bool) {
        let control = self.control();
        let held = control.wait_until(PATIENCE, holds);
        let lines: Vec<_> = control.requests().iter().map(ToString::to_string).collect();
        assert!(held, "it never came to that after {lines:#?}");
    }

    pub(crate) fn url(&self) -> &str {
        self.sandbox.url()
    }

    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder().join(name)
    }

    /// Changes the ledger with SQL that every backend knows, as nobody but a test may.
    #[track_caller]
    pub(crate) fn change_ledger(&self, sql: &str) {
        #[cfg(all(unix, feature = "postgres"))]
        if let Some(database) = &self.database {
            return drop(database.sql(sql));
        }
        let ledger = rusqlite::Connection::open(self.ledger()).expect("the ledger is there");
        ledger.busy_timeout(PATIENCE).expect("it can be waited for");
        ledger.execute(sql, []).expect("it is SQL");
    }

    /// Keeps every command from changing a batch, until what this returns is dropped.
    #[cfg(unix)]
    #[must_use]
    #[track_caller]
    pub(crate) fn hold_ledger(&self) -> Box<dyn std::any::Any> {
        #[cfg(feature = "postgres")]
        if let Some(database) = &self.database {
            return Box::new(database.hold());
        }
        let ledger = rusqlite::Connection::open(self.ledger()).expect("the ledger is there");
        ledger.busy_timeout(PATIENCE).expect("it can be waited for");
        ledger.execute_batch("BEGIN IMMEDIATE").expect("it can be held");
        Box::new(ledger)
    }

    /// How many rows of the ledger there are: `batches WHERE state = 'completed'`. None where it cannot be asked now.
    #[track_caller]
    pub(crate) fn count_in_ledger(&self, rows: &str) -> usize {
        let sql = format!("SELECT count(*) FROM {rows}");
        #[cfg(all(unix, feature = "postgres"))]
        if let Some(database) = &self.database {
            return database.rows(&sql);
        }
        let open = rusqlite::Connection::open(self.ledger());
        let count = open.and_then(|ledger| ledger.query_row(&sql, [], |row| row.get(0)));
        count.unwrap_or(0)
    }

    /// Bytes as the ledger's SQL writes them.
    #[cfg_attr(
        not(all(unix, feature = "postgres")),
        expect(clippy::unused_self, reason = "every ledger is a file")
    )]
    pub(crate) fn sql_bytes(&self, bytes: &[u8]) -> String {
        let digits = bytes.iter().fold(String::new(), |text, byte| text + &format!("{byte:02x}"));
        #[cfg(all(unix, feature = "postgres"))]
        if self.database.is_some() {
            return format!("'\\x{digits}'");
        }
        format!("x'{digits}'")
    }

    /// The ledger of every command that names no other, as the command is told.
    pub(crate) fn ledger_in_force(&self) -> std::ffi::OsString {
        #[cfg(all(unix, feature = "postgres"))]
        if let Some(database) = &self.database {
            return database.address().into();
        }
        self.ledger().into()
    }

    /// Makes all runs silent for a minute more than they were.
    #[cfg(unix)]
    #[track_caller]
    pub(crate) fn silence_runs(&self) {
        self.change_ledger("UPDATE runs SET seen_at = seen_at - 61000");
        #[cfg(feature = "postgres")]
        if self.database.is_some() {
            self.change_ledger("UPDATE runs SET seen = seen - interval '61 s'");
        }
    }

    /// Other runs see at once who was killed where the ledger is a file. A server cannot know: a killed run is silent,
    /// and its POST is overdue after two minutes, which are over when this returns.
    #[cfg_attr(
        not(all(unix, feature = "postgres")),
        expect(clippy::unused_self, reason = "every ledger is a file")
    )]
    #[track_caller]
    pub(crate) fn let_deaths_be_seen(&self) {
        #[cfg(all(unix, feature = "postgres"))]
        if self.database.as_ref().is_some_and(over_server::Database::has_ledger) {
            self.silence_runs();
            self.change_ledger(
                "UPDATE batches SET send_by = send_by - 120000 WHERE state = 'sending'",
            );
        }
    }

    /// Makes the newest moment that the ledger knows later.
    #[track_caller]
    pub(crate) fn date_ledger_later(&self, millis: u64) {
        #[cfg(all(unix, feature = "postgres"))]
        if self.database.is_some() {
            let sql = format!("SELECT setval('newest_at', last_value + {millis}) FROM newest_at");
            return self.change_ledger(&sql);
        }
        let sql = format!("UPDATE meta SET value = value + {millis} WHERE name = 'newest_at'");
        self.change_ledger(&sql);
    }

    pub(crate) fn ledger(&self) -> PathBuf {
        self.path("ledger.db")
    }

    #[cfg(unix)]
    #[track_caller]
    pub(crate) fn set_mode(&self, name: &str, mode: u32) {
        let mode = std::os::unix::fs::PermissionsExt::from_mode(mode);
        fs::set_permissions(self.path(name), mode).expect("rights can be set");
    }

    /// Writes a file, and the folders above it.
    #[track_caller]
    pub(crate) fn write(&self, name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path(name);
        path.parent()
            .map_or(Ok(()), fs::create_dir_all)
            .and_then(|()| fs::write(&path, bytes))
            .unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        path
    }

    #[track_caller]
    pub(crate) fn read(&self, name: &str) -> String {
        let path = self.path(name);
        fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
    }

    #[track_caller]
    pub(crate) fn rows(&self, name: &str) -> Rows {
        Rows::read(&self.read(name))
    }

    /// Checks that an output answers every row of its input rightly: `found` with just the number that the sandbox has
    /// for just that row's person, `not_found` where it has none, and no field of the input changed.
    #[track_caller]
    pub(crate) fn assert_rows_right(&self, input: &str, output: &str) -> Rows {
        let rows = self.assert_no_row_wrong(input, output);
        assert_eq!(rows.answered(), rows.len(), "{:?}", rows.statuses());
        rows
    }

    /// The same for an output with gaps, which say why. A tool that never answers passes here too, so the caller looks
    /// at how many rows have which status.
    #[must_use = "how many gaps are there?"]
    #[track_caller]
    pub(crate) fn assert_no_row_wrong(&self, input: &str, output: &str) -> Rows {
        let rows = self.rows(output);
        rows.assert_same_people_as(&self.rows(input));
        rows.assert_right(&self.control());
        rows
    }

    #[track_caller]
    pub(crate) fn assert_nobody_searched_twice(&self) {
        let twice = self.control().searched_twice();
        assert!(twice.is_empty(), "searched twice: {twice:?}");
    }

    /// Checks how many POSTs came, whatever became of them.
    #[track_caller]
    pub(crate) fn assert_posts(&self, posts: usize) {
        let control = self.control();
        let lines: Vec<_> = control.requests().iter().map(ToString::to_string).collect();
        assert_eq!(control.posts(), posts, "POSTs in {lines:#?}");
    }

    /// A command with all its arguments, to be changed and then run.
    pub(crate) fn command<S: AsRef<OsStr>>(&self, args: impl IntoIterator<Item = S>) -> Call {
        Call::new(self, args)
    }

    #[track_caller]
    pub(crate) fn run<S: AsRef<OsStr>>(&self, args: impl IntoIterator<Item = S>) -> Run {
        self.command(args).run()
    }

    /// Starts a command; it is killed when dropped.
    #[track_caller]
    pub(crate) fn spawn<S: AsRef<OsStr>>(&self, args: impl IntoIterator<Item = S>) -> Started {
        self.command(args).spawn()
    }

    /// `enrow-phone bulk`, to be changed and then run.
    pub(crate) fn bulk_command(&self, args: &[&str]) -> Call {
        self.command([&["bulk"], args].concat())
    }

    /// Runs `enrow-phone bulk` to its end.
    #[track_caller]
    pub(crate) fn bulk(&self, args: &[&str]) -> Run {
        self.bulk_command(args).run()
    }

    /// Starts `enrow-phone bulk`; it is killed when dropped.
    #[track_caller]
    pub(crate) fn spawn_bulk(&self, args: &[&str]) -> Started {
        self.bulk_command(args).spawn()
    }
}

/// The most POSTs that came to a sandbox from one key within any one second.
pub(crate) fn busiest_second(control: &Control) -> usize {
    let mut posts = control.requests();
    posts.retain(|request| matches!(request.endpoint, Endpoint::Submit(_)));
    let until = |last: &Request| {
        let is_near = |post: &&Request| {
            let before = last.at.checked_duration_since(post.at);
            post.key == last.key && before.is_some_and(|time| time < Duration::from_secs(1))
        };
        posts.iter().filter(is_near).count()
    };
    posts.iter().map(until).max().unwrap_or(0)
}

/// A script in the folder of the environment, in which `enrow-phone` is ours.
#[cfg(unix)]
pub(crate) fn ours_in_path(env: &TestEnv, shell: &str, script: &str) -> Call {
    let binary = Path::new(env!("CARGO_BIN_EXE_enrow-phone"));
    let ours = binary.parent().expect("it is in a folder").to_owned();
    let theirs = std::env::var_os("PATH").unwrap_or_default();
    let all = std::iter::once(ours).chain(std::env::split_paths(&theirs));
    let path = std::env::join_paths(all).expect("they were joined before");
    Call::through(env, shell, script, &[]).env("PATH", path)
}

/// Tests the cases, several at a time because most of their time is waiting. Every case is tested; those that failed
/// are named at the end.
#[track_caller]
pub(crate) fn side_by_side<T: Debug + Send>(
    cases: impl IntoIterator<Item = T, IntoIter: Send>,
    test: impl Fn(&T) + Sync,
) {
    so_many_side_by_side(SIDES, cases, test);
}

/// The same, so many at a time.
#[track_caller]
pub(crate) fn so_many_side_by_side<T: Debug + Send>(
    sides: usize,
    cases: impl IntoIterator<Item = T, IntoIter: Send>,
    test: impl Fn(&T) + Sync,
) {
    let cases = Mutex::new(cases.into_iter());
    let failed = Mutex::new(Vec::new());
    // The lock is released before the case is tested.
    let next = || cases.lock().expect("nobody panics with it").next();
    std::thread::scope(|scope| {
        for _ in 0..sides {
            scope.spawn(|| {
                while let Some(case) = next() {
                    if catch_unwind(AssertUnwindSafe(|| test(&case))).is_err() {
                        let mut failed = failed.lock().expect("nobody panics with it");
                        failed.push(format!("{case:?}"));
                    }
                }
            });
        }
    });
    let failed = failed.into_inner().expect("nobody panics with it");
    assert!(failed.is_empty(), "failed: {failed:#?}");
}

const SIDES: usize = 10;
