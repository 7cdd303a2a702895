//! Shows the progress of a run: a bar on a terminal, otherwise a plain line from time to time.

use super::console::{Console, draws_boxes};
use super::message::{Message, count, counted, message};
use crate::lookup::{RunState, Snapshot, WaitFor};
use crate::text::sanitize;

use console::Term;
use serde_json::json;

use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressStyle, TermLike};
use std::io;
use std::rc::Rc;
use std::time::{Duration, Instant};

/// How often the bar is drawn: often enough to move, seldom enough not to flicker.
const FRAME: Duration = Duration::from_millis(200);
/// How often a plain line is printed, and how often a wait is repeated.
const LINE: Duration = Duration::from_secs(30);
/// How often the state of a run without a bar is checked.
const LOOK: Duration = Duration::from_millis(500);

/// Shows the progress until it is dropped, which removes the bar.
pub(crate) struct Progress {
    task: tokio::task::JoinHandle<()>,
    bar: Option<ProgressBar>,
    console: Console,
    lines: PlainLines,
    run_state: Rc<RunState>,
    started: Instant,
}

/// What is printed without a bar.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum PlainLines {
    All,
    Waits,
}

impl Progress {
    /// Shows all progress. Call it inside a [`tokio::task::LocalSet`].
    pub(crate) fn show(run_state: Rc<RunState>, console: &Console) -> Self {
        Self::begin(run_state, console, PlainLines::All)
    }

    /// As [`Progress::show`], but without a bar it prints only waits.
    pub(crate) fn show_waits(run_state: Rc<RunState>, console: &Console) -> Self {
        Self::begin(run_state, console, PlainLines::Waits)
    }

    fn begin(run_state: Rc<RunState>, console: &Console, lines: PlainLines) -> Self {
        let started = Instant::now();
        let bar = console.shows_progress().then(|| {
            let target = ProgressDrawTarget::term_like_with_hz(
                Box::new(Margin(Term::buffered_stderr())),
                30,
            );
            let bars = MultiProgress::with_draw_target(target);
            let bar = bars.add(ProgressBar::new(1));
            let colour = if console.colour() { ":.green" } else { "" };
            let template = format!("{{percent:>3}}% {{wide_bar{colour}}} {{msg}}");
            let style = ProgressStyle::with_template(&template).expect("the template is fixed");
            bar.set_style(style.progress_chars(if draws_boxes() { "━╸─" } else { "=>-" }));
            console.attach_progress(Some(bars));
            bar
        });
        let (state, to) = (Rc::clone(&run_state), console.clone());
        let task = match bar.clone() {
            Some(bar) => tokio::task::spawn_local(draw(bar, state, to, started)),
            None => tokio::task::spawn_local(write_lines(state, to, lines, started)),
        };
        Self { task, bar, console: console.clone(), lines, run_state, started }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.task.abort();
        let snapshot = self.run_state.snapshot();
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        } else if snapshot.total > 0 && self.lines == PlainLines::All {
            say(&self.console, &snapshot, self.started.elapsed());
        }
        self.console.attach_progress(None);
    }
}

/// Prints a line from time to time, and one for each long wait.
async fn write_lines(
    run_state: Rc<RunState>,
    console: Console,
    lines: PlainLines,
    started: Instant,
) {
    // The plan was printed just before.
    let mut next = started + if lines == PlainLines::All { LINE } else { 2 * LOOK };
    let mut said: Option<(Message, Instant)> = None;
    loop {
        tokio::time::sleep(LOOK).await;
        let snapshot = run_state.snapshot();
        if let Some(what) = awaited(&snapshot) {
            let is_new =
                said.as_ref().is_none_or(|(before, at)| *before != what || at.elapsed() >= LINE);
            if is_new {
                console.info(message!("waiting for {}{}", what, countdown(snapshot.wait_left)));
                said = Some((what, Instant::now()));
            }
        }
        if Instant::now() < next {
            continue;
        }
        match lines {
            PlainLines::All => say(&console, &snapshot, started.elapsed()),
            PlainLines::Waits if snapshot.total > 0 => {
                let line = describe(&snapshot, started.elapsed());
                console.info(message!("waiting for answers: {}", line));
            }
            PlainLines::Waits => continue,
        }
        next = Instant::now() + LINE;
    }
}

async fn draw(bar: ProgressBar, run_state: Rc<RunState>, console: Console, started: Instant) {
    let mut is_drawn = false;
    loop {
        let snapshot = run_state.snapshot();
        // A bar of 0 of 0 would look full.
        let is_wanted = snapshot.total > 0 || awaited(&snapshot).is_some();
        if is_drawn && !is_wanted {
            console.clear_progress();
        }
        is_drawn = is_wanted;
        if is_wanted {
            bar.set_message(describe(&snapshot, started.elapsed()).to_string());
            bar.update(|state| {
                state.set_len(snapshot.total.max(1) as u64);
                state.set_pos(snapshot.answered as u64);
            });
        }
        tokio::time::sleep(FRAME).await;
    }
}

/// A terminal with a few free columns at the right, enough for `^C` twice. Behind a full line, the `^C` of an interrupt
/// would begin a new line, and clearing the bar would clear that one.
#[derive(Debug)]
struct Margin(Term);

impl TermLike for Margin {
    fn width(&self) -> u16 {
        self.0.size().1.saturating_sub(5)
    }
    fn height(&self) -> u16 {
        self.0.size().0
    }
    fn move_cursor_up(&self, n: usize) -> io::Result<()> {
        self.0.move_cursor_up(n)
    }
    fn move_cursor_down(&self, n: usize) -> io::Result<()> {
        self.0.move_cursor_down(n)
    }
    fn move_cursor_right(&self, n: usize) -> io::Result<()> {
        self.0.move_cursor_right(n)
    }
    fn move_cursor_left(&self, n: usize) -> io::Result<()> {
        self.0.move_cursor_left(n)
    }
    fn write_line(&self, line: &str) -> io::Result<()> {
        self.0.write_line(line)
    }
    fn write_str(&self, text: &str) -> io::Result<()> {
        self.0.write_str(text)
    }
    fn clear_line(&self) -> io::Result<()> {
        self.0.clear_line()
    }
    fn flush(&self) -> io::Result<()> {
        self.0.flush()
    }
}

/// Prints the progress as a line, or as fields.
fn say(console: &Console, snapshot: &Snapshot, elapsed: Duration) {
    let line = describe(snapshot, elapsed);
    let Snapshot { answered, total, found, batches, .. } = snapshot;
    let eta = left(*answered, *total, elapsed).map(|left| left.as_secs());
    console.info_with([line], "progress", || {
        let fields = json!({
            "done": answered, "total": total, "found": found, "batches": batches, "eta_s": eta
        });
        fields.as_object().cloned().unwrap_or_default()
    });
}

/// One line: answered of all, found, running batches, time so far, time left.
fn describe(snapshot: &Snapshot, elapsed: Duration) -> Message {
    let Snapshot { answered, total, found, batches, trouble, wait, wait_left, proof_left } =
        snapshot;
    if *total == 0
        && let Some(what) = awaited(snapshot)
    {
        return message!("waiting for {}{}", what, countdown(*wait_left));
    }
    let mut line = message!("{} of {}, ", count(*answered), count(*total));
    if let Some(found) = found {
        line.push(message!("{} found, ", count(*found)));
    }
    if let Some(trouble) = trouble {
        let again = wait_left.filter(|left| *left >= LOOK);
        let again = again.map_or(Message::default(), |left| message!(" in {}", clock(left)));
        line.push(message!("trying again{}: {}", again, sanitize(trouble)));
        return line;
    }
    if let Some(wait) = wait {
        line.push(message!("waiting for {}{}", wait_for(*wait), countdown(*wait_left)));
        return line;
    }
    if *batches > 0 {
        line.push(message!("{}, ", counted(*batches, "batch", "batches")));
    }
    line.push(clock(elapsed));
    if let Some(proof_left) = proof_left {
        line.push(message!(", watching the balance: {} (Ctrl-C leaves)", clock(*proof_left)));
    } else if let Some(left) = left(*answered, *total, elapsed) {
        line.push(message!(", {} left", clock(left)));
    }
    line
}

/// What the run waits for.
fn awaited(snapshot: &Snapshot) -> Option<Message> {
    match (&snapshot.trouble, snapshot.wait) {
        (Some(why), _) => Some(message!("Enrow: {}", sanitize(why))),
        (None, Some(wait)) => Some(wait_for(wait).into()),
        (None, None) => None,
    }
}

fn wait_for(wait: WaitFor) -> &'static str {
    match wait {
        WaitFor::Balance => "the balance",
        WaitFor::Connection => "a connection to Enrow",
        WaitFor::Ledger => "the ledger, which another run or program writes",
        WaitFor::OtherRun => "another run, which searches for the same people",
        WaitFor::Refunds => "credits that running batches give back",
        WaitFor::Taken => "Enrow to take a batch",
        WaitFor::Turn => "the next batch to be allowed",
    }
}

fn countdown(left: Option<Duration>) -> Message {
    let left = left.filter(|left| *left >= LOOK);
    left.map_or(Message::default(), |left| message!(", {} left", clock(left)))
}

/// How long the rest takes at the speed so far.
fn left(answered: usize, total: usize, elapsed: Duration) -> Option<Duration> {
    if answered == 0 || answered >= total || elapsed < Duration::from_secs(1) {
        return None;
    }
    #[expect(clippy::cast_precision_loss, reason = "a guess at a time")]
    let rest = (total - answered) as f64 / answered as f64;
    Some(elapsed.mul_f64(rest.min(1e4)))
}

/// `0:41`, `12:05`, `1:02:11`.
fn clock(span: Duration) -> Message {
    let seconds = span.as_secs();
    let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    if hours > 0 {
        message!("{}:{:02}:{:02}", hours, minutes, seconds)
    } else {
        message!("{}:{:02}", minutes, seconds)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_tells_what_a_waiting_person_wants_to_know() {
        let snapshot = Snapshot {
            answered: 2870,
            total: 7001,
            found: Some(1204),
            batches: 3,
            ..Snapshot::default()
        };
        assert_eq!(
            describe(&snapshot, Duration::from_secs(41)).as_str(),
            "2,870 of 7,001, 1,204 found, 3 batches, 0:41, 0:59 left"
        );
        let first = Snapshot { found: None, batches: 1, ..snapshot.clone() };
        assert_eq!(
            describe(&first, Duration::from_secs(41)).as_str(),
            "2,870 of 7,001, 1 batch, 0:41, 0:59 left"
        );
        let trouble = Snapshot { trouble: Some("503".to_owned()), ..snapshot.clone() };
        assert_eq!(
            describe(&trouble, Duration::from_secs(41)).as_str(),
            "2,870 of 7,001, 1,204 found, trying again: 503"
        );
        let again = Snapshot { wait_left: Some(Duration::from_secs(19)), ..trouble };
        assert_eq!(
            describe(&again, Duration::from_secs(41)).as_str(),
            "2,870 of 7,001, 1,204 found, trying again in 0:19: 503"
        );
        let wait = Snapshot { wait: Some(WaitFor::Refunds), ..snapshot };
        assert_eq!(
            describe(&wait, Duration::from_secs(41)).as_str(),
            "2,870 of 7,001, 1,204 found, waiting for credits that running batches give back"
        );
        let first = Snapshot { total: 0, answered: 0, found: None, ..again };
        assert_eq!(
            describe(&first, Duration::from_secs(1)).as_str(),
            "waiting for Enrow: 503, 0:19 left"
        );
    }

    #[test]
    fn times_read_like_a_clock() {
        for (seconds, text) in [(0, "0:00"), (725, "12:05"), (3731, "1:02:11")] {
            assert_eq!(clock(Duration::from_secs(seconds)).as_str(), text);
        }
    }
}
