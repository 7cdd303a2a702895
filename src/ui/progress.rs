//! A run as people watch it: a bar on a terminal, a plain line now and then elsewhere.

use super::console::Console;
use super::message::{Message, count, counted, message};
use crate::lookup::{RunState, Snapshot};
use crate::text::sanitize;

use console::Term;
use serde_json::json;

use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressStyle, TermLike};
use std::io;
use std::rc::Rc;
use std::time::{Duration, Instant};

/// How often the bar is drawn: often enough to move, seldom enough not to flicker.
const FRAME: Duration = Duration::from_millis(200);
/// How often a plain line is written.
const LINE: Duration = Duration::from_secs(30);

/// Shows how a run goes until it is dropped; the bar is taken off the screen then.
pub(crate) struct Progress {
    task: tokio::task::JoinHandle<()>,
    bar: Option<ProgressBar>,
    console: Console,
    run_state: Rc<RunState>,
    started: Instant,
}

impl Progress {
    /// Draws the state of a run until it is dropped; call it inside a [`tokio::task::LocalSet`].
    pub(crate) fn show(run_state: Rc<RunState>, console: &Console) -> Self {
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
            bar.set_style(style.progress_chars("━╸─"));
            console.attach_progress(Some(bars));
            bar
        });
        let task = tokio::task::spawn_local(draw(
            bar.clone(),
            Rc::clone(&run_state),
            console.clone(),
            started,
        ));
        Self { task, bar, console: console.clone(), run_state, started }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.task.abort();
        let snapshot = self.run_state.snapshot();
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        } else if snapshot.total > 0 {
            say(&self.console, &snapshot, self.started.elapsed());
        }
        self.console.attach_progress(None);
    }
}

async fn draw(
    bar: Option<ProgressBar>,
    run_state: Rc<RunState>,
    console: Console,
    started: Instant,
) {
    loop {
        let Some(bar) = &bar else {
            // The plan was printed just before.
            tokio::time::sleep(LINE).await;
            say(&console, &run_state.snapshot(), started.elapsed());
            continue;
        };
        let snapshot = run_state.snapshot();
        // A bar of 0 of 0 would be drawn full.
        if snapshot.total > 0 || snapshot.trouble.is_some() {
            bar.set_message(describe(&snapshot, started.elapsed()).to_string());
            bar.update(|state| {
                state.set_len(snapshot.total.max(1) as u64);
                state.set_pos(snapshot.answered as u64);
            });
        }
        tokio::time::sleep(FRAME).await;
    }
}

/// A terminal of which a few columns at the right stay free, enough for `^C` twice. Behind a full line the `^C` of an
/// interrupt would begin another one, and clearing the bar would clear that instead.
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

/// Says it in a line, or in fields.
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
    let Snapshot { answered, total, found, batches, trouble, proof_left } = snapshot;
    let mut line = message!("{} of {}, ", count(*answered), count(*total));
    if let Some(found) = found {
        line.push(message!("{} found, ", count(*found)));
    }
    if let Some(trouble) = trouble {
        line.push(message!("trying again: {}", sanitize(trouble)));
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

/// How long the rest takes if it goes on as it went.
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
            trouble: None,
            proof_left: None,
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
        let trouble = Snapshot { trouble: Some("503".to_owned()), ..snapshot };
        assert_eq!(
            describe(&trouble, Duration::from_secs(41)).as_str(),
            "2,870 of 7,001, 1,204 found, trying again: 503"
        );
    }

    #[test]
    fn times_read_like_a_clock() {
        for (seconds, text) in [(0, "0:00"), (725, "12:05"), (3731, "1:02:11")] {
            assert_eq!(clock(Duration::from_secs(seconds)).as_str(), text);
        }
    }
}
