//! What a person at a terminal sees: a bar that moves, and a clean screen afterwards.

mod screen;

use crate::support::people::people_csv;
use crate::support::{Call, PATIENCE, TestEnv};
use enrow_phone::sandbox::{Pace, Settings};
use screen::{COLUMNS, Left, Terminal};

const CTRL_C: &[u8] = b"\x03";

/// A env whose batches move when they are told to.
fn held() -> TestEnv {
    let env = TestEnv::new(Settings { pace: Pace::Held, ..Settings::default() });
    env.write("in.csv", people_csv(60));
    env
}

fn bulk(env: &TestEnv) -> Call {
    env.bulk_command(&["in.csv", "-o", "out.csv", "--yes"]).env("TERM", "xterm-256color")
}

/// The line with the bar, if there is one.
fn bar(screen: &str) -> Option<&str> {
    screen.lines().find(|line| line.contains("% "))
}

fn is_at(screen: &str, percent: &str, answered: &str) -> bool {
    bar(screen).is_some_and(|line| line.contains(percent) && line.contains(answered))
}

/// Nothing of a bar is left, and the next command begins on a new line, with a cursor and without colours.
#[track_caller]
fn assert_clean(left: &Left) {
    let Left { screen, .. } = left;
    assert!(!screen.contains(['━', '╸', '─', '%']), "{left:#?}");
    assert!(!screen.contains("^C"), "{left:#?}");
    assert!(!screen.contains("\n\n"), "a gap is left: {left:#?}");
    let lines = u16::try_from(screen.lines().count()).expect("a screen has few lines");
    assert_eq!(left.cursor, (lines, 0), "{left:#?}");
    assert!(!left.is_cursor_hidden, "{left:#?}");
    let colours: Vec<_> = left.bytes.split("\u{1b}[").skip(1).collect();
    let last = colours.iter().rfind(|escape| {
        escape.trim_start_matches(|c: char| c.is_ascii_digit() || c == ';').starts_with('m')
    });
    assert!(last.is_none_or(|escape| escape.starts_with("0m")), "{left:#?}");
}

/// Lets Enrow have finished so many searches. The bar stands before the batch is taken, so that is waited for.
#[track_caller]
fn advance(env: &TestEnv, finished: usize) {
    let control = env.control();
    assert!(control.wait_until(PATIENCE, |control| control.taken() == 1));
    control.advance(finished);
}

#[test]
fn the_bar_moves_and_ctrl_c_leaves_a_clean_screen() {
    for columns in [COLUMNS, 50, 200] {
        let env = held();
        let terminal = Terminal::open(bulk(&env), columns);
        terminal.shows("an empty bar", |screen| is_at(screen, "0%", "0 of 60"));
        advance(&env, 15);
        terminal.shows("a quarter of the bar", |screen| {
            is_at(screen, "25%", "15 of 60") && screen.contains('╸')
        });
        advance(&env, 45);
        terminal.shows("most of the bar", |screen| is_at(screen, "75%", "45 of 60"));

        terminal.types(CTRL_C);
        let left = terminal.finish();
        assert_eq!(left.status.code(), Some(130), "{left:#?}");
        assert_clean(&left);
        let unwrapped = left.screen.replace('\n', " ");
        assert!(unwrapped.contains("interrupted; `out.csv` was not touched"), "{left:#?}");
        assert!(!env.path("out.csv").exists());
        assert_eq!(env.control().posts(), 1);
    }
}

fn asking(args: &[&str]) -> (TestEnv, Terminal) {
    let env = TestEnv::new(Settings::default());
    env.write("in.csv", people_csv(21));
    let args = [&["in.csv", "-o", "out.csv"], args].concat();
    let terminal = Terminal::open(env.bulk_command(&args), COLUMNS);
    (env, terminal)
}

#[test]
fn a_run_that_may_cost_much_is_agreed_to_first() {
    let question = "search for 21 people? Up to 840 credits (1,050 on a legacy plan) may be paid";
    for (keys, code) in [("\r", 1), ("n\r", 1), ("y\r", 0), ("\u{3}", 130)] {
        let (env, terminal) = asking(&[]);
        terminal.shows("the question", |screen| screen.contains(question));
        assert_eq!(env.control().posts(), 0, "{keys:?}");
        terminal.types(keys.as_bytes());
        let left = terminal.finish();
        assert_eq!(left.status.code(), Some(code), "{keys:?}: {left:#?}");
        assert_eq!(env.control().posts(), usize::from(code == 0), "{keys:?}: {left:#?}");
        assert_eq!(env.path("out.csv").exists(), code == 0, "{keys:?}: {left:#?}");
        let begins_a_line = |said| left.screen.lines().any(|line| line.starts_with(said));
        assert!(begins_a_line("Enrow cannot cancel") || begins_a_line("and Enrow"), "{left:#?}");
        assert_eq!(begins_a_line("warning: interrupted"), code == 130, "{left:#?}");
    }
    for args in [&["--yes"][..], &["--confirm-above", "1050"], &["--limit", "20"]] {
        let (_env, terminal) = asking(args);
        let left = terminal.finish();
        assert_eq!(left.status.code(), Some(0), "{left:#?}");
        assert!(!left.screen.contains("[y/N]"), "{left:#?}");
    }
}

#[test]
fn a_finished_run_takes_its_bar_away() {
    let env = held();
    let terminal = Terminal::open(bulk(&env), COLUMNS);
    terminal.shows("a bar", |screen| is_at(screen, "0%", "0 of 60"));
    advance(&env, 0);
    env.control().release();
    let left = terminal.finish();
    assert_eq!(left.status.code(), Some(0), "{left:#?}");
    let full = left.bytes.split('\r').filter(|line| line.contains("100%"));
    assert!(full.into_iter().all(|line| line.contains("60 of 60")), "0 of 0 is not all: {left:#?}");
    let last = left.screen.lines().last();
    assert_eq!(last, Some("wrote `out.csv`"), "{left:#?}");
    let screen = left.screen.replace("%)", ")");
    assert_clean(&Left { screen, ..left });
}

#[test]
fn a_second_ctrl_c_ends_it_at_once() {
    let env = TestEnv::with_faults("post=hang");
    env.write("in.csv", people_csv(60));
    let terminal = Terminal::open(bulk(&env), COLUMNS);
    let control = env.control();
    assert!(control.wait_until(PATIENCE, |control| control.posts() == 1));
    terminal.shows("a bar", |screen| bar(screen).is_some());
    // The first one waits a moment for the answer, then notes in the ledger that it is lost, and says so. This keeps it
    // from noting, so that the second one is in time on the busiest machine.
    let held = env.hold_ledger();
    terminal.types(CTRL_C);
    // What comes at once after the first is the first once more.
    terminal.shows("the ledger", |screen| screen.contains("waiting for the ledger"));
    terminal.types(CTRL_C);
    let left = terminal.finish();
    drop(held);
    assert_eq!(left.status.code(), Some(130), "{left:#?}");
    // The first would say what is known of the batch.
    assert!(!left.screen.contains("interrupted"), "{left:#?}");
    assert!(!left.screen.contains("interrupted"), "{left:#?}");
    assert_clean(&left);
}

#[test]
fn a_terminal_gets_colours_unless_they_are_not_wanted() {
    let painted = |call: Call, env: &TestEnv| {
        let terminal = Terminal::open(call, COLUMNS);
        terminal.shows("a bar", |screen| is_at(screen, "0%", "0 of 60"));
        advance(env, 15);
        terminal.shows("a bar", |screen| is_at(screen, "25%", "15 of 60"));
        terminal.types(CTRL_C);
        let left = terminal.finish();
        assert_clean(&left);
        left.bytes.contains("\u{1b}[32m") || left.bytes.contains("\u{1b}[33;1m")
    };
    let env = held();
    assert!(painted(bulk(&env), &env), "colours are the default");
    for (name, value) in [("NO_COLOR", "1"), ("CLICOLOR", "0")] {
        let env = held();
        let call = bulk(&env).env(name, value);
        assert!(!painted(call, &env), "{name}={value}");
    }
}

#[test]
fn a_terminal_that_can_do_nothing_gets_plain_lines() {
    let env = held();
    let terminal = Terminal::open(bulk(&env).env("TERM", "dumb"), COLUMNS);
    let control = env.control();
    assert!(control.wait_until(PATIENCE, |control| control.polls() > 0));
    terminal.types(CTRL_C);
    let left = terminal.finish();
    assert_eq!(left.status.code(), Some(130), "{left:#?}");
    assert!(!left.bytes.contains('\u{1b}'), "{left:#?}");
    let carried = left.bytes.replace("\r\n", "\n");
    assert!(!carried.contains('\r'), "{left:#?}");
    assert!(left.screen.contains("0 of 60, 1 batch"), "{left:#?}");
    assert!(left.screen.contains("warning: interrupted"), "{left:#?}");
}

#[test]
fn a_login_that_is_interrupted_shows_again_what_is_typed() {
    for (signal, code) in [("^C", 130), ("TERM", 143), ("HUP", 129)] {
        let env = TestEnv::new(Settings::default());
        let call = env.command(["login"]).without_env("ENROW_API_KEY");
        let terminal = Terminal::open(call, COLUMNS);
        terminal.shows("the prompt", |screen| screen.contains("API key (it is not shown):"));
        terminal.waits_for("a hidden input", |terminal| !terminal.shows_typing());
        match signal {
            "^C" => terminal.types(CTRL_C),
            signal => terminal.signal(signal),
        }
        let left = terminal.finish();
        assert_eq!(left.status.code(), Some(code), "{signal}: {left:#?}");
        assert!(left.shows_typing, "{signal}: {left:#?}");
        assert!(left.screen.contains("interrupted; nothing was kept"), "{signal}: {left:#?}");
    }
}

#[test]
fn a_list_that_is_typed_is_asked_for() {
    let env = TestEnv::new(Settings::default());
    let terminal = Terminal::open(env.bulk_command(&["-", "-o", "out.csv"]), COLUMNS);
    terminal
        .shows("what it waits for", |screen| screen.contains("reading the list from the keyboard"));
    terminal.types(b"linkedin\nlinkedin.com/in/ada-example\n\x04");
    let left = terminal.finish();
    assert_eq!(left.status.code(), Some(0), "{left:#?}");
    assert_eq!(env.rows("out.csv").len(), 1);
}

#[test]
fn boxes_are_drawn_only_where_the_locale_has_them() {
    let env = held();
    let terminal = Terminal::open(bulk(&env).env("LC_ALL", "C"), COLUMNS);
    terminal.shows("an empty bar", |screen| is_at(screen, "0%", "0 of 60"));
    advance(&env, 30);
    terminal
        .shows("half a bar", |screen| is_at(screen, "50%", "30 of 60") && screen.contains("=>-"));
    terminal.types(CTRL_C);
    assert!(terminal.finish().bytes.is_ascii());
}

#[test]
fn accessible_prints_plain_lines() {
    let env = held();
    let terminal = Terminal::open(bulk(&env).env("ACCESSIBLE", "1"), COLUMNS);
    env.wait_until(|control| control.polls() > 0);
    terminal.types(CTRL_C);
    let left = terminal.finish();
    assert!(left.screen.contains("0 of 60, 1 batch"), "{left:#?}");
    assert!(!left.bytes.contains('\u{1b}'), "{left:#?}");
}

#[test]
fn the_bar_says_what_is_waited_for_and_how_long() {
    let env = TestEnv::with_faults("post:1=429/20");
    env.write("in.csv", people_csv(60));
    let terminal = Terminal::open(bulk(&env), COLUMNS);
    terminal.shows("a countdown", |screen| screen.contains("trying again in 0:1"));
    terminal.types(CTRL_C);
    let left = terminal.finish();
    assert_eq!(left.status.code(), Some(130), "{left:#?}");
    assert_clean(&left);
}

#[test]
fn long_messages_break_between_words() {
    let env = TestEnv::with_faults("post:1=reset-after");
    env.write("in.csv", people_csv(21));
    let terminal = Terminal::open(bulk(&env), COLUMNS);
    let left = terminal.finish();
    assert_eq!(left.status.code(), Some(6), "{left:#?}");
    let unwrapped = left.screen.split_whitespace().collect::<Vec<_>>().join(" ");
    let long = "it changed by more than our other batches explain, so the batch was paid or somebody else \
                used the account";
    assert!(unwrapped.contains(long), "{left:#?}");
}
