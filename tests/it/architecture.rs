//! The arrows between the rooms of `src` point downwards only (ARCHITECTURE.md).

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// Each room, and the rooms that it may know. Leaves come last and know only leaves above them.
const ROOMS: &[(&str, &[&str])] = &[
    ("commands", &["cli", "enrow", "ledger", "lookup", "people", "sandbox", "sheet", "ui"]),
    ("cli", &["enrow", "lookup", "people", "sandbox", "sheet"]),
    ("ui", &["cli", "enrow", "ledger", "lookup", "people", "sheet"]),
    ("fuzz", &["enrow", "ledger", "people", "sheet"]),
    ("lookup", &["enrow", "ledger", "people"]),
    ("ledger", &["people"]),
    ("enrow", &["people"]),
    ("sheet", &["people"]),
    ("people", &[]),
    ("sandbox", &[]),
];

const LEAVES: &[&str] = &["batch", "loopback", "text", "timer", "units", "word_list"];

fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries
        .flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] })
        .filter(|path| path.extension().is_some_and(|extension| extension == "rs"))
        .filter(|path| !path.components().any(|part| part.as_os_str() == "tests"))
        .collect()
}

/// What a file says after `crate::`, outside its tests.
fn known(text: &str) -> BTreeSet<&str> {
    let code = text.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default();
    let code = code.lines().filter(|line| !line.trim_start().starts_with("//"));
    code.flat_map(|line| line.split("crate::").skip(1))
        .map(|rest| {
            rest.split(|c: char| !c.is_ascii_lowercase() && c != '_').next().unwrap_or_default()
        })
        .filter(|room| !room.is_empty())
        .collect()
}

#[test]
fn arrows_between_rooms_point_downwards() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    for (room, below) in ROOMS {
        let files = files(&src.join(room));
        assert!(!files.is_empty(), "{room} is gone: adapt this table");
        for file in files {
            let text = std::fs::read_to_string(&file).unwrap();
            for other in known(&text) {
                let allowed = other == *room || below.contains(&other) || LEAVES.contains(&other);
                assert!(allowed, "{} knows {other}", file.display());
            }
        }
    }
}

#[test]
fn only_the_backend_on_a_server_knows_its_driver() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let (mut inside, backend) = (0, src.join("ledger").join("server"));
    for file in files(&src) {
        if std::fs::read_to_string(&file).unwrap().contains("tokio_postgres") {
            assert!(file.starts_with(&backend), "{}", file.display());
            inside += 1;
        }
    }
    assert!(inside > 0, "the backend is gone: adapt this test");
}
