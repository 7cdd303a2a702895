//! Every known format of contact export through the real binary: the whole body of each request, and the whole output.

use crate::support::TestEnv;
use enrow_phone::sandbox::Settings;
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};
use std::thread;

/// How many exports are run side by side.
const LANES: usize = 4;

#[test]
fn an_export_sends_what_it_should_and_comes_back_with_its_answers() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/exports");
    let mut files: Vec<PathBuf> = fs::read_dir(folder)
        .expect("the exports can be listed")
        .map(|entry| entry.expect("an export can be listed").path())
        .filter(|path| path.file_name().is_some_and(|name| name != "EXPECTED.csv"))
        .collect();
    files.sort();
    assert!(files.len() > 50, "{} exports", files.len());
    let told: Vec<String> = thread::scope(|scope| {
        let lanes: Vec<_> = files
            .chunks(files.len().div_ceil(LANES))
            .map(|lane| scope.spawn(|| lane.iter().map(|file| run(file)).collect::<Vec<_>>()))
            .collect();
        lanes.into_iter().flat_map(|lane| lane.join().expect("a lane ends")).collect()
    });
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path("snapshots/exports");
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| {
        for (file, told) in files.iter().zip(told) {
            insta::assert_snapshot!(name(file), told);
        }
    });
}

fn name(file: &Path) -> String {
    let name = file.file_name().unwrap_or_default();
    name.to_string_lossy().replace('.', "-")
}

/// Runs one export: exit code, request bodies, output.
fn run(file: &Path) -> String {
    let env = TestEnv::new(Settings::default());
    let input = file.to_str().expect("an export has a plain name");
    // It has a column `phone_number` of its own.
    let own: &[&str] =
        if name(file) == "smartlead-csv" { &["--column-prefix", "found_"] } else { &[] };
    let run = env.bulk(&[&[input, "-o", "out.csv"], own].concat());
    let mut told = format!("exit {}\n", run.code().unwrap_or(-1));
    // A slow machine says that it waits.
    let said = run.stderr.lines().filter(|line| !line.starts_with("waiting for "));
    let said: String = said.flat_map(|line| [line, "\n"]).collect();
    // How the file is read: everything before its rows are counted.
    let reading = said.lines().take_while(|line| !line.starts_with(|c: char| c.is_ascii_digit()));
    let reading = reading.filter(|line| !line.starts_with("Enrow is asked at"));
    if run.code() == Some(0) {
        told += "\n--- reading\n";
        told +=
            &reading.flat_map(|line| [line, "\n"]).collect::<String>().replace(input, "[INPUT]");
    }
    for batch in env.control().batches() {
        let mut body: Value = serde_json::from_slice(&batch.body).expect("a body is JSON");
        let nonce = &mut body["custom"]["nonce"];
        assert_eq!(nonce.as_str().map(str::len), Some(32), "{nonce}");
        *nonce = "[NONCE]".into();
        for search in body["searches"].as_array_mut().expect("a batch has searches") {
            let search = search.as_object_mut().expect("a search is an object");
            let custom = search["custom"].as_str().expect("every search carries a word");
            // Our own proof changes with the nonce; a mapped `custom` stays.
            if custom.len() == 16 && custom.bytes().all(|b| b.is_ascii_hexdigit()) {
                search.remove("custom");
            }
        }
        let body = serde_json::to_string_pretty(&body).expect("JSON can be written");
        told += &format!("\n--- POST /phone/bulk\n{body}\n");
    }
    match fs::read(env.path("out.csv")) {
        Ok(out) => {
            env.bulk(&[&["out.csv", "-o", "again.csv"], own].concat()).exits(0);
            let again = fs::read(env.path("again.csv")).expect("there is an output");
            assert!(again == out, "{input}: an output read again does not come out as it was");
            env.assert_posts(usize::from(!env.control().batches().is_empty()));
            let out = String::from_utf8(out).expect("the output is UTF-8");
            // Line ends and byte order marks are part of the output, and show as what they are.
            let out = out.replace('\u{feff}', "[BOM]").replace('\r', "[CR]");
            told += &format!("\n--- output\n{out}");
        }
        Err(_) => told += &format!("\n--- error\n{}", said.replace(input, "[INPUT]")),
    }
    told
}
