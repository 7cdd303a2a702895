//! The blocks of the README and of `docs/`: each can be pasted into bash and zsh, and those of the README run.

use crate::support::people::people_csv;
use crate::support::{TestEnv, ours_in_path};
use enrow_phone::sandbox::Settings;
use std::io::Write;
use std::process::{Command, Stdio};

/// What a reader pastes.
struct Block {
    /// Where it is, for a failure.
    place: String,
    text: &'static str,
    /// Why the test does not run it.
    not_run: Option<&'static str>,
}

/// The `sh` blocks of a page, in order.
fn blocks(name: &str, page: &'static str) -> Vec<Block> {
    const MARK: &str = "<!-- not run: ";
    let parts: Vec<&str> = page.split("\n```").collect();
    let pairs = parts.chunks_exact(2);
    let block = |pair: &[&'static str]| {
        let (language, text) = pair[1].split_once('\n')?;
        let (_, last) = pair[0].rsplit_once('\n').unwrap_or_default();
        let not_run = last.strip_prefix(MARK).and_then(|mark| mark.strip_suffix(" -->"));
        let line = page[..text.as_ptr().addr() - page.as_ptr().addr()].matches('\n').count();
        (language == "sh").then(|| Block { place: format!("{name}:{line}"), text, not_run })
    };
    pairs.filter_map(block).collect()
}

fn all() -> Vec<Block> {
    [
        ("README.md", include_str!("../../README.md")),
        ("docs/recipes.md", include_str!("../../docs/recipes.md")),
        ("docs/reference.md", include_str!("../../docs/reference.md")),
    ]
    .into_iter()
    .flat_map(|(name, page)| blocks(name, page))
    .collect()
}

#[test]
fn every_block_can_be_pasted_into_bash_and_zsh() {
    let blocks = all();
    assert!(blocks.len() > 10, "{}", blocks.len());
    for Block { place, text, .. } in blocks {
        // A shell at the keyboard takes `#` for a word (zsh), and `!` in double quotes for history (bash).
        assert!(!text.lines().any(|line| line.trim_start().starts_with('#')), "{place}: a comment");
        assert!(!text.contains(" #"), "{place}: a comment behind a command");
        assert!(!text.contains('!'), "{place}: history");
        for shell in ["bash", "zsh"] {
            let Ok(mut shell) = Command::new(shell).arg("-n").stdin(Stdio::piped()).spawn() else {
                assert_eq!(shell, "zsh", "there is always bash");
                continue;
            };
            let mut stdin = shell.stdin.take().expect("stdin is a pipe");
            stdin.write_all(text.as_bytes()).expect("a shell reads to the end");
            drop(stdin);
            assert!(shell.wait().expect("it ends").success(), "{place}");
        }
    }
}

/// In their order, in one folder, as somebody who reads from the top would do.
#[test]
fn the_blocks_of_the_readme_run_from_top_to_bottom() {
    let env = TestEnv::new(Settings::default());
    env.write("contacts.csv", people_csv(30));
    let mut ran = 0;
    for Block { place, text, not_run } in blocks("README.md", include_str!("../../README.md")) {
        if not_run.is_some() {
            continue;
        }
        let script = format!("set -eu\n{text}");
        let run = ours_in_path(&env, "bash", &script).stdin("key-of-the-test\n").run();
        assert_eq!(run.code(), Some(0), "{place}: {}", run.stderr);
        ran += 1;
    }
    assert!(ran >= 5, "{ran} blocks");
    env.assert_nobody_searched_twice();
    env.assert_rows_right("contacts.csv", "out.csv");
}
