//! Somebody at the keyboard: a sandbox to talk to, a ledger, and a folder for everything else.

use enrow_phone::sandbox::{Answer, Control, Running, Sandbox, Search, Settings};
use serde_json::Value;
use std::ffi::OsStr;
use std::io::Write;
use std::path::PathBuf;
use std::process::{Child, Command, Output, Stdio};
use std::time::Duration;
use tempfile::TempDir;

/// Longer than anything takes.
const PATIENCE: Duration = Duration::from_mins(1);

/// A desk with an Enrow of its own.
pub(crate) struct Desk {
    folder: TempDir,
    running: Running,
}

/// How a command ended.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) code: Option<i32>,
    pub(crate) stderr: String,
    pub(crate) stdout: String,
}

impl Desk {
    pub(crate) fn new(settings: Settings) -> Self {
        Self { folder: tempfile::tempdir().unwrap(), running: Sandbox::spawn(settings).unwrap() }
    }

    pub(crate) fn control(&self) -> Control {
        self.running.control()
    }

    /// A path on this desk.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Puts a file on the desk.
    pub(crate) fn write(&self, name: &str, text: &str) -> PathBuf {
        let path = self.path(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, text).unwrap();
        path
    }

    /// The command with everything it needs.
    pub(crate) fn command(&self) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_enrow-phone"));
        command
            .current_dir(self.folder.path())
            .env("ENROW_API_KEY", "key")
            .env("ENROW_API_URL", self.running.url())
            .env("ENROW_PHONE_CONFIG_DIR", self.path("config"))
            .env("ENROW_PHONE_DOUBT_WAIT", "0s")
            .env("ENROW_PHONE_LEDGER", self.path("ledger.db"))
            .stdin(Stdio::null());
        for name in ["CLICOLOR", "CLICOLOR_FORCE", "COLUMNS", "NO_COLOR"] {
            command.env_remove(name);
        }
        command
    }

    /// Starts the command.
    pub(crate) fn start<S: AsRef<OsStr>>(&self, args: impl IntoIterator<Item = S>) -> UnderWay {
        let mut command = self.command();
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        UnderWay(command.args(args).spawn().unwrap())
    }

    /// Waits until the sandbox has seen something.
    #[track_caller]
    pub(crate) fn sees(&self, what: impl FnMut(&Control) -> bool) {
        assert!(self.control().wait_until(PATIENCE, what));
    }

    /// Runs the command to its end.
    pub(crate) fn run<S: AsRef<OsStr>>(&self, args: impl IntoIterator<Item = S>) -> Ran {
        Ran::of(self.command().args(args).output().unwrap())
    }
}

/// A command that runs while the test goes on.
pub(crate) struct UnderWay(Child);

impl UnderWay {
    pub(crate) fn kill(mut self) {
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }

    /// Sends it a signal by name.
    #[cfg(unix)]
    pub(crate) fn signal(&self, name: &str) {
        let id = self.0.id().to_string();
        let sent = Command::new("kill").args(["-s", name, &id]).status();
        assert!(sent.unwrap().success());
    }

    pub(crate) fn end(self) -> Ran {
        Ran::of(self.0.wait_with_output().unwrap())
    }
}

impl Ran {
    pub(crate) fn of(output: Output) -> Self {
        let text = |bytes| String::from_utf8(bytes).unwrap();
        Self {
            code: output.status.code(),
            stderr: text(output.stderr),
            stdout: text(output.stdout),
        }
    }

    /// Runs a command that reads this from its standard input.
    pub(crate) fn with_input(command: &mut Command, input: &str) -> Self {
        let piped = command.stdin(Stdio::piped());
        let piped = piped.stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = piped.spawn().unwrap();
        let mut stdin = child.stdin.take().unwrap();
        stdin.write_all(input.as_bytes()).unwrap();
        drop(stdin);
        Self::of(child.wait_with_output().unwrap())
    }

    #[track_caller]
    pub(crate) fn exits(self, code: i32) -> Self {
        assert_eq!(self.code, Some(code), "{self:#?}");
        self
    }

    #[track_caller]
    pub(crate) fn prints(self, stdout: &str) -> Self {
        assert_eq!(self.stdout, stdout, "{self:#?}");
        self
    }

    #[track_caller]
    pub(crate) fn says(self, part: &str) -> Self {
        assert!(self.stderr.contains(part), "{part}\n{self:#?}");
        self
    }

    #[track_caller]
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| panic!("{error}: {self:#?}"))
    }
}

/// A sheet of people by profile.
pub(crate) fn sheet(people: std::ops::Range<usize>) -> String {
    let rows = people.map(|person| format!("{}\n", profile(person)));
    std::iter::once("linkedin_url\n".to_owned()).chain(rows).collect()
}

/// Somebody the sandbox has a number for, and the number.
pub(crate) fn somebody_found(desk: &Desk) -> (String, String) {
    let answers = (0..).map(|person| {
        let url = profile(person);
        let answer = desk.control().answer_for(&Search::profile(&*url));
        (url, answer)
    });
    let mut found = answers.filter_map(|(url, answer)| match answer {
        Answer::Found { number, .. } => Some((url, number)),
        Answer::NotFound => None,
    });
    found.next().unwrap()
}

/// Somebody it has none for.
pub(crate) fn somebody_not_found(desk: &Desk) -> String {
    let answer = |url: &String| desk.control().answer_for(&Search::profile(&**url));
    let mut all = (0..).map(profile);
    all.find(|url| answer(url) == Answer::NotFound).unwrap()
}

/// Somebody's profile.
pub(crate) fn profile(person: usize) -> String {
    format!("https://www.linkedin.com/in/person-{person}")
}
