//! Running the binary.

use super::rows::Rows;
use super::{KEY, PATIENCE, TestEnv};
use serde_json::Value;
use std::ffi::OsStr;
use std::io::{Read, Write};
use std::path::PathBuf;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Arc, Condvar, Mutex};
use std::thread;
use std::time::Duration;

#[must_use]
pub(crate) struct Call {
    command: Command,
    stdin: Option<Vec<u8>>,
}

impl Call {
    pub(super) fn new<S: AsRef<OsStr>>(env: &TestEnv, args: impl IntoIterator<Item = S>) -> Self {
        let mut call = Self::of_program(env, assert_cmd::cargo::cargo_bin!("enrow-phone"));
        call.command.args(args);
        call
    }

    /// A command run by a shell: `sh -c SCRIPT enrow-phone ARGS`, for limits and pipes. In the script, `"$0" "$@"` is
    /// the command.
    #[cfg(unix)]
    pub(crate) fn through_shell(env: &TestEnv, script: &str, args: &[&str]) -> Self {
        Self::through(env, "sh", script, args)
    }

    /// The same with another shell.
    #[cfg(unix)]
    pub(super) fn through(env: &TestEnv, shell: &str, script: &str, args: &[&str]) -> Self {
        let mut call = Self::of_program(env, shell);
        call.command.args(["-c", script, env!("CARGO_BIN_EXE_enrow-phone")]).args(args);
        call
    }

    /// Nothing of the developer's own surroundings gets in: no proxy, key, ledger or colour.
    fn of_program(env: &TestEnv, program: impl AsRef<std::ffi::OsStr>) -> Self {
        let mut command = Command::new(program);
        for (name, _) in std::env::vars_os() {
            let upper = name.to_string_lossy().to_uppercase();
            let ours = upper.starts_with("ENROW") || upper.starts_with("XDG_");
            let paint = upper.starts_with("CLICOLOR")
                || ["COLUMNS", "NO_COLOR", "TERM"].contains(&upper.as_str());
            let foreign = upper.starts_with("RUST_") || upper.starts_with("PG");
            if ours || paint || upper.ends_with("_PROXY") || foreign {
                command.env_remove(name);
            }
        }
        command
            .current_dir(env.folder())
            .env("LC_ALL", "C.UTF-8")
            .env("HOME", env.folder())
            .env("XDG_STATE_HOME", env.folder().join("state"))
            .env("ENROW_API_KEY", KEY)
            .env("ENROW_API_URL", env.url())
            .env("ENROW_PHONE_CONFIG_DIR", env.path("config"))
            .env("ENROW_PHONE_LEDGER", env.ledger_in_force())
            .env("ENROW_PHONE_DOUBT_WAIT", "0s")
            .env("TZ", "UTC");
        Self { command, stdin: None }
    }

    pub(crate) fn key(self, key: &str) -> Self {
        self.env("ENROW_API_KEY", key)
    }

    pub(crate) fn ledger(self, path: impl Into<PathBuf>) -> Self {
        self.env("ENROW_PHONE_LEDGER", path.into())
    }

    pub(crate) fn env(mut self, name: &str, value: impl AsRef<OsStr>) -> Self {
        self.command.env(name, value);
        self
    }

    pub(crate) fn without_env(mut self, name: &str) -> Self {
        self.command.env_remove(name);
        self
    }

    /// With something on standard input, which is empty otherwise.
    pub(crate) fn stdin(mut self, bytes: impl Into<Vec<u8>>) -> Self {
        self.stdin = Some(bytes.into());
        self
    }

    /// The command, to be run in another way.
    pub(crate) fn into_command(self) -> Command {
        self.command
    }

    #[track_caller]
    pub(crate) fn run(self) -> Run {
        self.spawn().finish()
    }

    #[track_caller]
    pub(crate) fn spawn(mut self) -> Started {
        let input = self.stdin.take();
        let mut child = self
            .command
            .stdin(if input.is_some() { Stdio::piped() } else { Stdio::null() })
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap_or_else(|error| panic!("{:?}: {error}", self.command));
        if let (Some(bytes), Some(mut pipe)) = (input, child.stdin.take()) {
            // A program that does not read to the end breaks the pipe; whether it should is for the test to say.
            thread::spawn(move || drop(pipe.write_all(&bytes)));
        }
        let stdout = CapturedPipe::of(child.stdout.take().expect("stdout is a pipe"));
        let stderr = CapturedPipe::of(child.stderr.take().expect("stderr is a pipe"));
        Started { child, stderr, stdout }
    }
}

/// What comes out of a pipe, as it comes.
#[derive(Debug, Default)]
struct CapturedPipe {
    more: Condvar,
    said: Mutex<Said>,
}

#[derive(Debug, Default)]
struct Said {
    bytes: Vec<u8>,
    is_over: bool,
}

impl CapturedPipe {
    fn of(mut pipe: impl Read + Send + 'static) -> Arc<Self> {
        let captured = Arc::new(Self::default());
        let ours = Arc::clone(&captured);
        thread::spawn(move || {
            let mut bytes = [0; 8192];
            loop {
                let count = pipe.read(&mut bytes).unwrap_or(0);
                let mut said = ours.said.lock().expect("nobody panics with it");
                said.bytes.extend_from_slice(&bytes[..count]);
                said.is_over = count == 0;
                ours.more.notify_all();
                if said.is_over {
                    break;
                }
            }
        });
        captured
    }

    /// Waits until what was said is as it should be; false where it never was. Answers what was said, too.
    fn wait_until(&self, patience: Duration, holds: impl Fn(&Said) -> bool) -> (bool, String) {
        let said = self.said.lock().expect("nobody panics with it");
        let open = |said: &mut Said| !holds(said) && !said.is_over;
        let waited = self.more.wait_timeout_while(said, patience, open);
        let (said, _) = waited.expect("nobody panics with it");
        let text = String::from_utf8(said.bytes.clone());
        (holds(&said), text.expect("everything is UTF-8"))
    }
}

/// A run that goes on; killed when dropped.
#[must_use]
pub(crate) struct Started {
    child: Child,
    stderr: Arc<CapturedPipe>,
    stdout: Arc<CapturedPipe>,
}

impl Started {
    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// Sends a signal by name: `INT`, `TERM`.
    #[cfg(unix)]
    #[track_caller]
    pub(crate) fn signal(&self, name: &str) {
        self.signals(name, 1);
    }

    /// Sends it so often, one at once after the other.
    #[track_caller]
    pub(crate) fn signals(&self, name: &str, times: usize) {
        let script = format!("kill -{name} {};", self.id()).repeat(times);
        let sent = Command::new("sh").args(["-c", &script]).status().expect("`sh` can be run");
        assert!(sent.success(), "kill -{name}: {sent}");
    }

    /// Kills it (SIGKILL) and waits until it is gone. Answers what it came to: usually death, sometimes an end that
    /// was faster.
    #[track_caller]
    pub(crate) fn kill(mut self) -> Run {
        self.child.kill().expect("a child can be killed");
        self.finish()
    }

    #[track_caller]
    pub(crate) fn finish(self) -> Run {
        self.finish_within(PATIENCE)
    }

    /// Waits for its end for longer or shorter than usual.
    #[track_caller]
    pub(crate) fn finish_within(mut self, patience: Duration) -> Run {
        let (out_is_over, stdout) = self.stdout.wait_until(patience, |said| said.is_over);
        let (err_is_over, stderr) = self.stderr.wait_until(patience, |said| said.is_over);
        assert!(out_is_over && err_is_over, "it did not end; it said: {stderr}");
        let status = self.child.wait().expect("a child can be waited for");
        Run { status, stderr, stdout }
    }

    #[track_caller]
    pub(crate) fn wait_for_message(&self, words: &str) {
        let says = |said: &Said| String::from_utf8_lossy(&said.bytes).contains(words);
        let (captured, stderr) = self.stderr.wait_until(PATIENCE, says);
        assert!(captured, "{words:?} is not in: {stderr}");
    }
}

impl Drop for Started {
    fn drop(&mut self) {
        // Both fail where it has ended, which is as good.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// A run that has ended.
#[derive(Debug)]
pub(crate) struct Run {
    pub(crate) status: ExitStatus,
    pub(crate) stderr: String,
    pub(crate) stdout: String,
}

impl Run {
    /// The exit code; `None` where it was killed.
    pub(crate) fn code(&self) -> Option<i32> {
        self.status.code()
    }

    #[track_caller]
    pub(crate) fn exits(&self, code: i32) -> &Self {
        assert_eq!(self.code(), Some(code), "{}; it said: {}", self.status, self.stderr);
        self
    }

    #[track_caller]
    pub(crate) fn says(&self, words: &str) -> &Self {
        assert!(self.stderr.contains(words), "{words:?} is not in: {}", self.stderr);
        self
    }

    #[track_caller]
    pub(crate) fn does_not_say(&self, words: &str) -> &Self {
        assert!(!self.stderr.contains(words), "{words:?} is in: {}", self.stderr);
        self
    }

    /// Asserts that it wrote this to standard output, among other things.
    #[track_caller]
    pub(crate) fn lists(&self, words: &str) -> &Self {
        assert!(self.stdout.contains(words), "{words:?} is not in: {}", self.stdout);
        self
    }

    #[track_caller]
    pub(crate) fn rows(&self) -> Rows {
        Rows::read(&self.stdout)
    }

    #[track_caller]
    pub(crate) fn prints(&self, stdout: &str) -> &Self {
        assert_eq!(self.stdout, stdout, "it said: {}", self.stderr);
        self
    }

    /// The JSON on standard output, of a command whose result it is.
    #[track_caller]
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| panic!("{error}: {self:#?}"))
    }

    /// The report of `bulk --json`, which is on standard error because rows are on standard output.
    #[track_caller]
    pub(crate) fn report(&self) -> Value {
        let line = self.stderr.lines().rfind(|line| line.starts_with('{'));
        let line = line.unwrap_or_else(|| panic!("there is no JSON in: {}", self.stderr));
        serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"))
    }

    /// A figure of the report, such as `credits.net`.
    #[track_caller]
    pub(crate) fn figure(&self, path: &str) -> i64 {
        let json = self.report();
        let value = path.split('.').fold(&json, |value, name| &value[name]);
        value.as_i64().unwrap_or_else(|| panic!("`{path}` is no number in {json}"))
    }
}
