//! The real binary against a sandbox in the test's own process.
//!
//! A [`Bench`] is a sandbox, a folder and a ledger. [`Bench::bulk`] runs `enrow-phone bulk` to its end, and what it
//! answers asserts on exit code, words and rows. Every wait ends with what is waited for, or fails after [`PATIENCE`].

pub(crate) mod people;
pub(crate) mod rows;
pub(crate) mod run;

use enrow_phone::sandbox::{Control, Running, Sandbox, Settings};
use rows::Rows;
use run::{Call, Run, Started};
use std::fmt::Debug;
use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::time::Duration;
use tempfile::TempDir;

/// Longer than anything here takes on a busy machine.
pub(crate) const PATIENCE: Duration = Duration::from_secs(90);

/// The API key of a call that names no other.
pub(crate) const KEY: &str = "key-of-the-test";

/// A sandbox, a folder and a ledger.
pub(crate) struct Bench {
    folder: TempDir,
    sandbox: Running,
}

impl Bench {
    /// A bench with this Enrow.
    #[must_use]
    #[track_caller]
    pub(crate) fn new(settings: Settings) -> Self {
        Self {
            folder: tempfile::tempdir().expect("a temporary folder can be made"),
            sandbox: Sandbox::spawn(settings).expect("a sandbox can be served"),
        }
    }

    /// A bench whose Enrow does these things wrong, as on the command line: `post:1=reset-after, batch:2=failed`.
    #[must_use]
    #[track_caller]
    pub(crate) fn with_faults(faults: &str) -> Self {
        let faults = faults.parse().unwrap_or_else(|error| panic!("{faults}: {error}"));
        Self::new(Settings { faults, ..Settings::default() })
    }

    /// What the sandbox saw, and a hand in it.
    pub(crate) fn control(&self) -> Control {
        self.sandbox.control()
    }

    /// Where the sandbox is served.
    pub(crate) fn url(&self) -> &str {
        self.sandbox.url()
    }

    /// The folder in which everything happens; commands run in it.
    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// A file of the folder.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder().join(name)
    }

    /// The ledger of every call that names no other.
    pub(crate) fn ledger(&self) -> PathBuf {
        self.path("ledger.db")
    }

    /// Writes an input.
    #[track_caller]
    pub(crate) fn write_csv(&self, name: &str, text: &str) -> PathBuf {
        let path = self.path(name);
        fs::write(&path, text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        path
    }

    /// Reads an output.
    #[track_caller]
    pub(crate) fn read(&self, name: &str) -> String {
        let path = self.path(name);
        fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
    }

    /// The rows of an output.
    #[track_caller]
    pub(crate) fn rows(&self, name: &str) -> Rows {
        Rows::read(&self.read(name))
    }

    /// Checks an output row by row: it has the rows of `input` in their order with no field changed, a number stands
    /// only where the sandbox knows just that number for just that row's person, and `not_found` only where it knows
    /// none. Answers the rows for more.
    #[track_caller]
    pub(crate) fn assert_rows_right(&self, input: &str, output: &str) -> Rows {
        let rows = self.rows(output);
        rows.assert_same_people_as(&self.rows(input));
        rows.assert_right(&self.control());
        rows
    }

    /// Checks that no person was accepted for search more than once.
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

    /// A run of `enrow-phone bulk`, to be changed and then begun.
    pub(crate) fn call(&self, args: &[&str]) -> Call {
        Call::new(self, "bulk", args)
    }

    /// A run of another command.
    pub(crate) fn command(&self, command: &str, args: &[&str]) -> Call {
        Call::new(self, command, args)
    }

    /// Runs `enrow-phone bulk` to its end.
    #[track_caller]
    pub(crate) fn bulk(&self, args: &[&str]) -> Run {
        self.call(args).run()
    }

    /// Begins `enrow-phone bulk`; it is killed when dropped.
    #[track_caller]
    pub(crate) fn spawn_bulk(&self, args: &[&str]) -> Started {
        self.call(args).spawn()
    }
}

/// Tests the cases, several at a time since most of their time is waiting. Every case is tested, and those that failed
/// are named at the end.
#[track_caller]
pub(crate) fn side_by_side<T: Debug + Send>(
    cases: impl IntoIterator<Item = T, IntoIter: Send>,
    test: impl Fn(&T) + Sync,
) {
    let cases = Mutex::new(cases.into_iter());
    let failed = Mutex::new(Vec::new());
    // The lock is given up before the case is tested.
    let next = || cases.lock().expect("nobody panics with it").next();
    std::thread::scope(|scope| {
        for _ in 0..SIDES {
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

/// How many cases are tested at a time.
const SIDES: usize = 10;
