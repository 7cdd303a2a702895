//! A PostgreSQL server of the tests' own. It lives in a temporary folder, listens on a socket there, is started when it is
//! first asked for, and ends with the process of the tests. The tests of the ledger take this file as well.

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

const SETTINGS: [&str; 5] = [
    "listen_addresses=", "max_connections=500", "shared_buffers=32MB", "log_lock_waits=on",
    "log_line_prefix=%a %p ",
];

#[derive(Debug)]
pub(crate) struct Server {
    programs: PathBuf,
    folder: PathBuf,
    options: String,
    databases: AtomicU32,
}

/// Somebody who speaks to a server and stays.
pub(crate) struct Session(Child);

impl Session {
    /// Runs SQL that ends with a line, and waits for the line.
    #[track_caller]
    pub(crate) fn ask(&mut self, sql: &str) {
        writeln!(self.0.stdin.as_mut().unwrap(), "{sql}").unwrap();
        let mut line = String::new();
        BufReader::new(self.0.stdout.as_mut().unwrap()).read_line(&mut line).unwrap();
        assert!(!line.is_empty(), "{sql} failed");
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        drop(self.0.kill());
        drop(self.0.wait());
    }
}

/// The server of this process. Where PostgreSQL is missing there is none, which is said once; CI has it.
pub(crate) fn server() -> Option<&'static Server> {
    static SERVER: OnceLock<Option<Server>> = OnceLock::new();
    let start = || {
        let programs = programs();
        if programs.is_none() {
            skip("PostgreSQL", "no ledger on a server was tested");
        }
        programs.map(|programs| Server::start(programs, "shared", String::new()))
    };
    SERVER.get_or_init(start).as_ref()
}

/// Says that something is missing here, so that tests cannot test. CI has everything.
pub(crate) fn skip(missing: &str, hence: &str) {
    let is_ci = cfg!(target_os = "linux") && std::env::var_os("CI").is_some();
    assert!(!is_ci, "CI has no {missing}");
    tell(&format!("skipped: this machine has no {missing}, so {hence}"));
}

/// Past the harness, which shows what is printed only where a test fails.
pub(crate) fn tell(line: &str) {
    drop(std::io::stderr().write_all(format!("{line}\n").as_bytes()));
}

/// A server of one test, with options of its own.
pub(crate) fn own_server(name: &str, options: &str) -> Option<Server> {
    server()?;
    Some(Server::start(programs()?, name, options.to_owned()))
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
    rustix::process::geteuid().is_root()
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

/// An empty folder of the user that is not root.
pub(crate) fn folder_of_somebody(name: &str) -> PathBuf {
    // Not in memory: a container has 64 MB there, and each database takes eight.
    let folder = std::env::temp_dir().join(name);
    drop(fs::remove_dir_all(&folder));
    fs::create_dir(&folder).unwrap();
    give_to_somebody(&folder);
    folder
}

/// Makes the user that is not root its owner.
pub(crate) fn give_to_somebody(path: &Path) {
    if is_root() {
        let owned = Command::new("chown").arg("nobody").arg(path).status().unwrap();
        assert!(owned.success());
    }
}

/// Starts a program beside a shell that reads from this process: when the process ends, so does the program, and its folder
/// is gone. The program is `$@`, its messages go to `log` in the folder.
pub(crate) fn run_beside(folder: &Path, program: &Path, args: &[&str]) {
    let script = "folder=$1; shift
        trap '' INT TERM HUP
        \"$@\" >>\"$folder/log\" 2>&1 &
        cat >/dev/null
        kill -QUIT $!
        wait
        rm -rf \"$folder\"";
    let child = as_somebody("sh")
        .args(["-c", script, "sh"])
        .arg(folder)
        .arg(program)
        .args(args)
        .current_dir(folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    // Its end of the pipe is closed by the end of this process.
    std::mem::forget(child);
}

impl Server {
    fn start(programs: PathBuf, name: &str, options: String) -> Self {
        let folder = folder_of_somebody(&format!("enrow-pg-{}-{name}", std::process::id()));
        let mut initdb = as_somebody(programs.join("initdb"));
        initdb.args(["--auth=trust", "--username=postgres", "--encoding=UTF8", "--no-locale"]);
        Self::of(initdb, programs, folder, options)
    }

    /// A server whose files this program makes.
    fn of(mut maker: Command, programs: PathBuf, folder: PathBuf, options: String) -> Self {
        maker.args(["--no-sync", "-D"]).arg(folder.join("data")).current_dir(&folder);
        let made = maker.output().unwrap();
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
        let server = Self { programs, folder, options, databases: AtomicU32::new(0) };
        server.run();
        server
    }

    /// Another server, which repeats what this one does.
    pub(crate) fn standby(&self, name: &str) -> Self {
        let folder = folder_of_somebody(&format!("{}-{name}", self.folder.display()));
        let mut backup = as_somebody(self.programs.join("pg_basebackup"));
        backup.args(["--write-recovery-conf", "--checkpoint=fast", "-U", "postgres", "-h"]);
        backup.arg(&self.folder);
        Self::of(backup, self.programs.clone(), folder, String::new())
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
    pub(crate) fn crash(&self) {
        self.control(&["stop", "-m", "immediate"]);
    }

    /// Makes a standby a server that writes.
    pub(crate) fn promote(&self) {
        self.control(&["promote"]);
    }

    fn control(&self, args: &[&str]) {
        let mut program = as_somebody(self.programs.join("pg_ctl"));
        program.args(args).args(["-s", "-D"]).arg(self.folder.join("data"));
        assert!(program.current_dir(&self.folder).status().unwrap().success());
    }

    /// Copies the files of the server, which does not run, to another place beside them.
    pub(crate) fn copy_data(&self, from: &str, to: &str) {
        let [from, to] = [from, to].map(|name| self.folder.join(name));
        drop(fs::remove_dir_all(&to));
        let copied = as_somebody("cp").arg("-a").args([from, to]).status();
        assert!(copied.unwrap().success());
    }

    fn watch(&self) {
        let socket = self.folder.display().to_string();
        let data = format!("{socket}/data");
        let mut args: Vec<&str> = vec!["-D", &data, "-k", &socket];
        for setting in SETTINGS {
            args.extend(["-c", setting]);
        }
        args.extend(self.options.split_whitespace());
        run_beside(&self.folder, &self.programs.join("postgres"), &args);
    }

    fn answers(&self) -> bool {
        let asked = Command::new(self.programs.join("pg_isready"))
            .args(["-q", "-h"])
            .arg(&self.folder)
            .status();
        asked.is_ok_and(|status| status.success())
    }

    pub(crate) fn log(&self) -> String {
        fs::read_to_string(self.folder.join("log")).unwrap_or_default()
    }

    /// A session that is open until it is dropped.
    #[track_caller]
    pub(crate) fn session(&self, database: &str) -> Session {
        let mut psql = self.psql(database);
        Session(psql.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap())
    }

    fn psql(&self, database: &str) -> Command {
        let mut psql = Command::new(self.programs.join("psql"));
        psql.args(["-X", "-A", "-t", "-q", "-v", "ON_ERROR_STOP=1", "-U", "postgres", "-h"])
            .arg(&self.folder)
            .args(["-d", database]);
        psql
    }

    /// Runs SQL and returns what it prints, fields separated by `|`.
    #[track_caller]
    pub(crate) fn sql(&self, database: &str, sql: &str) -> String {
        let done = self.psql(database).args(["-c", sql]).output().unwrap();
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
        String::from_utf8(done.stdout).unwrap().trim_end().to_owned()
    }

    /// Makes a database that no other test uses, and says its name.
    pub(crate) fn new_database(&self, template: &str) -> String {
        let name = format!("t{}", self.databases.fetch_add(1, Ordering::Relaxed));
        self.sql("postgres", &format!("CREATE DATABASE {name} TEMPLATE {template}"));
        name
    }

    pub(crate) fn drop_database(&self, name: &str) {
        self.sql("postgres", &format!("DROP DATABASE {name} WITH (FORCE)"));
    }

    /// The folder of `psql` and the others.
    pub(crate) fn programs(&self) -> &Path {
        &self.programs
    }

    /// Where its socket and `data` are.
    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    pub(crate) fn address(&self, database: &str) -> String {
        self.address_as("postgres", database)
    }

    pub(crate) fn address_as(&self, user: &str, database: &str) -> String {
        format!("postgres://{user}@/{database}?host={}", self.folder.display())
    }
}
