//! A PostgreSQL server of the tests' own. It lives in a temporary folder, listens on a socket there, is started when it is
//! first asked for, and ends with the process of the tests. The tests of the ledger take this file as well.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

/// A server that runs.
#[derive(Debug)]
pub(crate) struct Server {
    programs: PathBuf,
    folder: PathBuf,
    /// What is set on its command line.
    options: &'static str,
    databases: AtomicU32,
}

/// The server of this process. Where PostgreSQL is missing there is none, which is said once; CI has it.
pub(crate) fn server() -> Option<&'static Server> {
    static SERVER: OnceLock<Option<Server>> = OnceLock::new();
    let start = || {
        let programs = programs();
        if programs.is_none() {
            let is_ci = cfg!(target_os = "linux") && std::env::var_os("CI").is_some();
            assert!(!is_ci, "CI has no PostgreSQL");
            // Past the harness, which shows what is printed only where a test fails.
            let said =
                "skipped: this machine has no PostgreSQL, so no ledger on a server was tested\n";
            drop(std::io::stderr().write_all(said.as_bytes()));
        }
        programs.map(|programs| Server::start(programs, "shared", ""))
    };
    SERVER.get_or_init(start).as_ref()
}

/// A server of one test, with options of its own.
#[allow(dead_code, clippy::allow_attributes, reason = "not all tests that take this file want one")]
pub(crate) fn own_server(name: &str, options: &'static str) -> Option<Server> {
    server()?;
    Some(Server::start(programs()?, name, options))
}

/// The folder of `initdb` and `postgres`. Debian keeps them out of the path.
fn programs() -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    let debian = fs::read_dir("/usr/lib/postgresql").ok();
    let versions = debian.into_iter().flatten().flatten().map(|entry| entry.path().join("bin"));
    let found = std::env::split_paths(&path).chain(versions).map(|folder| folder.join("initdb"));
    // Links to it may stand where the other programs are not.
    let program =
        found.filter(|program| program.is_file()).find_map(|p| fs::canonicalize(p).ok())?;
    program.parent().map(Path::to_owned)
}

/// The server refuses to run as root.
fn is_root() -> bool {
    let id = Command::new("id").arg("-u").output().expect("`id` runs");
    id.stdout.trim_ascii() == b"0"
}

/// Runs a program as a user that is not root.
pub(crate) fn as_somebody(program: impl AsRef<std::ffi::OsStr>) -> Command {
    if !is_root() {
        return Command::new(program);
    }
    let mut command = Command::new("setpriv");
    command.args(["--reuid=nobody", "--regid=nogroup", "--clear-groups"]).arg(program);
    command
}

impl Server {
    fn start(programs: PathBuf, name: &str, options: &'static str) -> Self {
        // Not in memory: a container has 64 MB there, and each database takes eight.
        let name = format!("enrow-pg-{}-{name}", std::process::id());
        let folder = std::env::temp_dir().join(name);
        drop(fs::remove_dir_all(&folder));
        fs::create_dir(&folder).unwrap();
        if is_root() {
            let owned = Command::new("chown").arg("nobody").arg(&folder).status().unwrap();
            assert!(owned.success());
        }
        let data = folder.join("data");
        let made = as_somebody(programs.join("initdb"))
            .args([
                "--auth=trust",
                "--username=postgres",
                "--encoding=UTF8",
                "--no-sync",
                "--no-locale",
                "-D",
            ])
            .arg(&data)
            .current_dir(&folder)
            .output()
            .unwrap();
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
        let server = Self { programs, folder, options, databases: AtomicU32::new(0) };
        server.run();
        server
    }

    /// Starts the server and waits until it answers.
    pub(crate) fn run(&self) {
        self.watch();
        let began = Instant::now();
        while !self.answers() {
            assert!(began.elapsed() < Duration::from_secs(30), "{}", self.log());
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// Ends the server as a crash does: what it has not written is lost.
    #[allow(
        dead_code,
        clippy::allow_attributes,
        reason = "not all tests that take this file want it"
    )]
    pub(crate) fn crash(&self) {
        let stopped = as_somebody(self.programs.join("pg_ctl"))
            .args(["stop", "-m", "immediate", "-s", "-D"])
            .arg(self.folder.join("data"))
            .current_dir(&self.folder)
            .status();
        assert!(stopped.unwrap().success());
    }

    /// Starts the server beside a shell that reads from this process: when the process ends, so does the server.
    fn watch(&self) {
        let script = "trap '' INT TERM HUP
            \"$1/postgres\" -D \"$2/data\" -k \"$2\" -c listen_addresses= -c max_connections=200 -c shared_buffers=32MB \
                -c log_lock_waits=on -c log_line_prefix='%a %p ' $3 >>\"$2/log\" 2>&1 &
            cat >/dev/null
            kill -QUIT $!
            wait
            rm -rf \"$2\"";
        let child = as_somebody("sh")
            .args(["-c", script, "sh"])
            .arg(&self.programs)
            .arg(&self.folder)
            .arg(self.options)
            .current_dir(&self.folder)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        // Its end of the pipe is closed by the end of this process.
        std::mem::forget(child);
    }

    fn answers(&self) -> bool {
        let asked = Command::new(self.programs.join("pg_isready"))
            .args(["-q", "-h"])
            .arg(&self.folder)
            .status();
        asked.is_ok_and(|status| status.success())
    }

    /// What the server wrote.
    pub(crate) fn log(&self) -> String {
        fs::read_to_string(self.folder.join("log")).unwrap_or_default()
    }

    /// Runs SQL and returns what it prints, fields separated by `|`.
    #[track_caller]
    pub(crate) fn sql(&self, database: &str, sql: &str) -> String {
        let done = Command::new(self.programs.join("psql"))
            .args(["-X", "-A", "-t", "-q", "-v", "ON_ERROR_STOP=1", "-U", "postgres", "-h"])
            .arg(&self.folder)
            .args(["-d", database, "-c", sql])
            .output()
            .unwrap();
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
        String::from_utf8(done.stdout).unwrap().trim_end().to_owned()
    }

    /// Makes a database that no other test uses, and says its name.
    pub(crate) fn new_database(&self, template: &str) -> String {
        let name = format!("t{}", self.databases.fetch_add(1, Ordering::Relaxed));
        self.sql("postgres", &format!("CREATE DATABASE {name} TEMPLATE {template}"));
        name
    }

    /// The address of a database on it.
    pub(crate) fn address(&self, database: &str) -> String {
        self.address_as("postgres", database)
    }

    pub(crate) fn address_as(&self, user: &str, database: &str) -> String {
        format!("postgres://{user}@/{database}?host={}", self.folder.display())
    }
}
