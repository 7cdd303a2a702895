//! A pseudo-terminal, and what stands on its screen.

use crate::support::{Call, PATIENCE};
use std::io::{Read, Write};
use std::num::NonZeroU16;
use std::process::{Child, ExitStatus};
use std::sync::{Arc, Condvar, Mutex};
use std::thread;

/// Rows and columns, as terminals have had them for ever.
pub(crate) const ROWS: u16 = 24;
pub(crate) const COLUMNS: u16 = 80;

/// What a program wrote to a terminal so far.
struct Seen {
    bytes: Vec<u8>,
    emulator: vt100::Parser,
    is_over: bool,
}

/// A program that runs in a terminal; killed when dropped.
#[must_use]
pub(crate) struct Terminal {
    child: Child,
    pty: Arc<pty_process::blocking::Pty>,
    seen: Arc<(Mutex<Seen>, Condvar)>,
}

impl Terminal {
    /// Begins a call with all three streams in a terminal of this width, which it leads, so that `^C` is a signal.
    #[track_caller]
    pub(crate) fn open(call: Call, columns: u16) -> Self {
        let (pty, inside) = pty_process::blocking::open().expect("a terminal can be opened");
        pty.resize(pty_process::Size::new(ROWS, columns)).expect("a terminal can be resized");
        let child = pty_process::blocking::Command::from(call.into_command())
            .spawn(inside)
            .expect("the program can be run in a terminal");
        let pty = Arc::new(pty);
        let seen = Seen {
            bytes: Vec::new(),
            emulator: vt100::Parser::new(side(ROWS), side(columns), 0),
            is_over: false,
        };
        let seen = Arc::new((Mutex::new(seen), Condvar::new()));
        let (outside, ours) = (Arc::clone(&pty), Arc::clone(&seen));
        thread::spawn(move || watch(&outside, &ours));
        Self { child, pty, seen }
    }

    /// Types these characters.
    #[track_caller]
    pub(crate) fn types(&self, keys: &[u8]) {
        let typed = (&*self.pty).write_all(keys);
        typed.expect("a terminal can be typed at");
    }

    /// Waits until what stands on the screen is as it should be.
    #[track_caller]
    pub(crate) fn shows(&self, what: &str, holds: impl Fn(&str) -> bool) {
        let screen = self.waits_until(|seen| holds(&lines(&seen.emulator)));
        assert!(holds(&screen), "{what} was never seen, but:\n{screen}");
    }

    /// Whether the terminal shows what is typed.
    #[track_caller]
    pub(crate) fn shows_typing(&self) -> bool {
        use rustix::termios::{LocalModes, tcgetattr};
        let mode = tcgetattr(&*self.pty).expect("a terminal can be asked");
        mode.local_modes.contains(LocalModes::ECHO | LocalModes::ICANON)
    }

    /// Waits for what no output tells.
    #[track_caller]
    pub(crate) fn waits_for(&self, what: &str, holds: impl Fn(&Self) -> bool) {
        let began = std::time::Instant::now();
        while !holds(self) {
            assert!(began.elapsed() < PATIENCE, "{what} never came");
            thread::yield_now();
        }
    }

    /// Sends a signal by name.
    #[track_caller]
    pub(crate) fn signal(&self, name: &str) {
        let signal = [format!("-{name}"), self.child.id().to_string()];
        let sent = std::process::Command::new("kill").args(signal).status();
        assert!(sent.expect("`kill` can be run").success());
    }

    /// Waits until this holds or it has ended; answers what stands on the screen.
    fn waits_until(&self, holds: impl Fn(&Seen) -> bool) -> String {
        let (seen, more) = &*self.seen;
        let seen = seen.lock().expect("nobody panics with it");
        let open = |seen: &mut Seen| !holds(seen) && !seen.is_over;
        let waited = more.wait_timeout_while(seen, PATIENCE, open);
        lines(&waited.expect("nobody panics with it").0.emulator)
    }

    /// Waits for its end.
    #[track_caller]
    pub(crate) fn finish(mut self) -> Left {
        let text = self.waits_until(|seen| seen.is_over);
        let seen = self.seen.0.lock().expect("nobody panics with it");
        assert!(seen.is_over, "it did not end; on the screen is:\n{text}");
        let screen = seen.emulator.screen();
        Left {
            status: self.child.wait().expect("a child can be waited for"),
            bytes: String::from_utf8(seen.bytes.clone()).expect("everything is UTF-8"),
            cursor: screen.cursor_position(),
            is_cursor_hidden: screen.hide_cursor(),
            screen: text,
            shows_typing: self.shows_typing(),
        }
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        // Both fail where it has ended, which is as good.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// What a program left behind in a terminal.
#[derive(Debug)]
pub(crate) struct Left {
    /// How it ended.
    pub(crate) status: ExitStatus,
    /// Everything it wrote, escapes and all.
    pub(crate) bytes: String,
    /// Row and column, from 0.
    pub(crate) cursor: (u16, u16),
    /// Whether the next command's user types blindly.
    pub(crate) is_cursor_hidden: bool,
    /// What stands on the screen.
    pub(crate) screen: String,
    /// Whether the next command's user sees what they type.
    pub(crate) shows_typing: bool,
}

/// What stands on the screen, row by row; a line that was too long takes several.
fn lines(emulator: &vt100::Parser) -> String {
    let screen = emulator.screen();
    let (_, columns) = screen.size();
    let rows: Vec<_> = screen.rows(0, columns.get()).collect();
    rows.join("\n").trim_end().to_owned()
}

fn side(cells: u16) -> NonZeroU16 {
    NonZeroU16::new(cells).expect("a terminal has room")
}

/// Reads what comes until nobody is in the terminal any more. Linux calls that an error, others the end.
fn watch(mut pty: &pty_process::blocking::Pty, (seen, more): &(Mutex<Seen>, Condvar)) {
    let mut bytes = [0; 4096];
    loop {
        let count = pty.read(&mut bytes).unwrap_or(0);
        let mut seen = seen.lock().expect("nobody panics with it");
        seen.bytes.extend_from_slice(&bytes[..count]);
        seen.emulator.process(&bytes[..count]);
        seen.is_over = count == 0;
        more.notify_all();
        if seen.is_over {
            break;
        }
    }
}
