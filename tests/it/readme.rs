//! The blocks of the README and of `docs/`: each can be pasted into bash and zsh, and those of the README run. The links of
//! all pages lead somewhere.

use crate::support::people::people_csv;
use crate::support::{TestEnv, ours_in_path};
use enrow_phone::sandbox::Settings;
use std::fs;
use std::io::Write;
use std::path::Path;
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
        ("docs/team.md", include_str!("../../docs/team.md")),
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

#[test]
fn every_link_leads_to_a_file_and_a_title() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let pages = ["", "docs", "benches"].map(|folder| fs::read_dir(root.join(folder)).unwrap());
    let pages = pages.into_iter().flatten().map(|entry| entry.unwrap().path());
    let mut links = 0;
    for page in pages.filter(|path| path.extension().is_some_and(|end| end == "md")) {
        let text = fs::read_to_string(&page).unwrap();
        for link in text.split("](").skip(1).filter_map(|rest| Some(rest.split_once(')')?.0)) {
            // The releases are a page of the repository, not a file in it.
            if link.contains("://") || link == "../../releases/latest" {
                continue;
            }
            let (file, title) = link.split_once('#').unwrap_or((link, ""));
            let to = if file.is_empty() { page.clone() } else { page.with_file_name(file) };
            let place = format!("{}: {link}", page.display());
            let text = fs::read_to_string(to).unwrap_or_else(|error| panic!("{place}: {error}"));
            let mut titles = text.lines().filter_map(|line| line.strip_prefix('#'));
            let is_it = |line: &str| anchor(line.trim_start_matches('#').trim()) == title;
            assert!(title.is_empty() || titles.any(is_it), "{place}: no such title");
            links += 1;
        }
    }
    assert!(links > 10, "{links}");
}

/// What GitHub makes of a title.
fn anchor(title: &str) -> String {
    let is_kept = |c: &char| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_');
    title.to_lowercase().chars().filter(is_kept).collect::<String>().replace(' ', "-")
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
