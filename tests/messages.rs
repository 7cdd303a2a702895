//! Every error message, whole: exit code and standard error, as the person at the keyboard sees them.

// The system's own words in a message are other ones on Windows.
#![cfg(unix)]

#[expect(dead_code, reason = "each file of tests uses a part of it")]
mod support;

use enrow_phone::sandbox::{Keys, Pace, Settings};
use std::fs;
use support::people::{people_csv, people_csv_of};
use support::run::Run;
use support::{Bench, PATIENCE};

/// The usual call.
const ARGS: [&str; 3] = ["in.csv", "-o", "out.csv"];

/// The usual call and more.
fn args<'a>(more: &[&'a str]) -> Vec<&'a str> {
    [&ARGS[..], more].concat()
}

/// A bench with 20 people in `in.csv`.
fn bench(settings: Settings) -> Bench {
    let bench = Bench::new(settings);
    bench.write_csv("in.csv", &people_csv(20));
    bench
}

fn faulty(faults: &str) -> Bench {
    let bench = Bench::with_faults(faults);
    bench.write_csv("in.csv", &people_csv(20));
    bench
}

/// Compares what a run said with what is written down.
#[track_caller]
fn compare(name: &str, bench: &Bench, run: &Run) {
    let code = run.code().expect("it ended by itself");
    let told = format!("exit code {code}\n{}", steady(bench, &run.stderr));
    insta::with_settings!({omit_expression => true, snapshot_path => "snapshots/messages", prepend_module_to_snapshot => false}, {
        insta::assert_snapshot!(name, told);
    });
}

/// Compares a call of `bulk` with a text as input, of which nothing may be sent.
#[track_caller]
fn compare_input(name: &str, text: impl AsRef<[u8]>, more: &[&str]) {
    let bench = Bench::new(Settings::default());
    fs::write(bench.path("in.csv"), text).expect("a file can be written");
    compare(name, &bench, &bench.bulk(&args(more)));
    assert!(!bench.path("out.csv").exists(), "{name}");
    bench.assert_posts(0);
}

/// The same text for every run: without the folder, the address, ids, times and numbers of errors.
fn steady(bench: &Bench, text: &str) -> String {
    let folder = fs::canonicalize(bench.folder()).expect("the folder is there");
    let mut steady = text
        .replace(&folder.display().to_string(), "[FOLDER]")
        .replace(&bench.folder().display().to_string(), "[FOLDER]")
        .replace(bench.url().trim_start_matches("http://"), "[SANDBOX]");
    let words: Vec<String> = steady
        .split(|c: char| !(c.is_ascii_alphanumeric() || c == '-' || c == ':'))
        .map(str::to_owned)
        .collect();
    for word in words {
        if is_id(&word) {
            steady = steady.replace(&word, "[ID]");
        } else if is_clock(&word) {
            steady = steady.replace(&word, "[TIME]");
        }
    }
    let line = |line: &str| {
        // Systems number their errors differently.
        let line = match line.split_once("(os error ") {
            Some((before, after)) => {
                let after = after.trim_start_matches(|c: char| c.is_ascii_digit());
                format!("{before}(os error [N]{after}")
            }
            None => line.to_owned(),
        };
        let line = line.replace(", [TIME] left", "");
        match (line.starts_with("  time  "), line.split_once("Z): ")) {
            (true, _) => "  time          [TIME]\n".to_owned(),
            (_, Some((_, after))) => format!("sent [TIME] ago ([TIME]): {after}\n"),
            _ => format!("{line}\n"),
        }
    };
    steady.lines().map(line).collect()
}

/// Whether this is such an id as the sandbox gives; the one of zeros is the test's own.
fn is_id(word: &str) -> bool {
    let groups: Vec<usize> = word.split('-').map(str::len).collect();
    groups == [8, 4, 4, 4, 12] && word != NOBODYS_ID
}

/// Whether this is a time as the progress tells it: `0:41`.
fn is_clock(word: &str) -> bool {
    word.split_once(':').is_some_and(|(minutes, seconds)| {
        let digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
        seconds.len() == 2 && digits(minutes) && digits(seconds)
    })
}

const NOBODYS_ID: &str = "00000000-0000-0000-0000-000000000000";

#[test]
fn the_key() {
    let bench = bench(Settings {
        keys: Keys {
            refused: vec!["wrong".to_owned()],
            without_phones: vec!["poor".to_owned()],
            ..Keys::default()
        },
        ..Settings::default()
    });
    fs::write(bench.path("key.txt"), "two words").unwrap();
    let absent = bench.call(&ARGS).without_env("ENROW_API_KEY").run();
    compare("key_absent", &bench, &absent);
    let refused = bench.call(&ARGS).key("wrong").run();
    compare("key_refused", &bench, &refused);
    let without_phones = bench.call(&ARGS).key("poor").run();
    compare("key_without_phones", &bench, &without_phones);
    for (name, file) in [("key_file_absent", "no.txt"), ("key_file_unusable", "key.txt")] {
        compare(name, &bench, &bench.bulk(&args(&["--api-key-file", file])));
    }
    assert!(!bench.path("out.csv").exists());
    assert_eq!(bench.control().taken(), 0);
}

#[test]
fn the_input() {
    let header = "firstname,lastname,company_name\n";
    let good = format!("{header}Ann,Lee,Quarry Lane\n");
    let nobody = format!("{header}Ann,,Quarry Lane\n,Lee,\n");
    compare_input("input_empty", "", &[]);
    compare_input("input_nobody", nobody, &[]);
    compare_input("input_no_columns", "Kunde,Ort\nAlba,Bonn\n", &[]);
    let workbook = b"PK\x03\x04\x14\0\x06\0[Content_Types].xml";
    compare_input("input_workbook", workbook, &[]);
    let map = |column| ["--map", column];
    compare_input("input_no_such_column", &good, &map("lastname=lastnam"));
    compare_input("input_no_such_number", &good, &map("lastname=9"));
    let headless = ["--no-header", "--map", "lastname=Name"];
    compare_input("input_headless", &good, &headless);
    let two = "First Name,Last Name,Company,Company Name\nAnn,Lee,Quarry Lane,Tidewater Mills\n";
    compare_input("input_ambiguous", two, &[]);
    let rest = "Bo,Lee,Quarry Lane\n".repeat(90_000);
    let unclosed = format!("{header}Ann,\"Lee,Quarry Lane\n{rest}");
    compare_input("input_unclosed_quote", unclosed, &[]);
    let endless = format!("{header}{}", "x".repeat(3 << 20));
    compare_input("input_endless_line", endless, &[]);
    let mixed = [good.as_bytes(), b"J\xf6rg,Lee,Quarry Lane\n"].concat();
    compare_input("input_not_utf8", mixed, &["--encoding", "utf-8"]);

    let bench = bench(Settings::default());
    for (name, input) in [("input_absent", "no.csv"), ("input_folder", ".")] {
        compare(name, &bench, &bench.bulk(&[input, "-o", "out.csv"]));
    }
    assert_eq!(bench.control().requests().len(), 0);
}

#[test]
fn the_output() {
    let bench = bench(Settings::default());
    fs::create_dir(bench.path("folder")).unwrap();
    for (name, output) in [("output_in_no_folder", "no/out.csv"), ("output_is_a_folder", "folder")]
    {
        compare(name, &bench, &bench.bulk(&["in.csv", "-o", output]));
    }
    assert_eq!(bench.control().requests().len(), 0);
}

#[test]
fn the_ledger() {
    let bench = bench(Settings::default());
    let sql = |name: &str, sql: &str| {
        let connection = rusqlite::Connection::open(bench.path(name)).unwrap();
        connection.execute_batch(sql).unwrap();
        connection
    };
    let with = |name: &str| bench.call(&ARGS).ledger(bench.path(name)).run();
    drop(sql("foreign.db", "CREATE TABLE songs (name TEXT)"));
    compare("ledger_foreign", &bench, &with("foreign.db"));
    let notes = "call Alba on Monday\n".repeat(500);
    fs::write(bench.path("notes.db"), notes).unwrap();
    compare("ledger_damaged", &bench, &with("notes.db"));
    fs::create_dir(bench.path("folder.db")).unwrap();
    compare("ledger_is_a_folder", &bench, &with("folder.db"));

    bench.bulk(&ARGS).exits(0);
    let held = sql("ledger.db", "BEGIN IMMEDIATE");
    bench.write_csv("in.csv", &people_csv(30));
    compare("ledger_locked", &bench, &bench.bulk(&ARGS));
    drop(held);
    let elsewhere = "https://api.another.example";
    let other = bench.call(&ARGS).env("ENROW_API_URL", elsewhere).run();
    compare("ledger_of_another_api", &bench, &other);
    drop(sql("ledger.db", "PRAGMA user_version = 99"));
    compare("ledger_newer", &bench, &bench.bulk(&ARGS));
    bench.assert_posts(1);
}

#[test]
fn the_way_to_enrow() {
    let shut = bench(Settings::default());
    shut.control().shut();
    compare("way_shut", &shut, &shut.bulk(&ARGS));
    let insecure = "http://enrow.example";
    let insecure = shut.call(&ARGS).env("ENROW_API_URL", insecure).run();
    compare("way_insecure", &shut, &insecure);
    for (name, faults) in [
        ("way_account_down", "account=503"),
        ("way_account_not_json", "account=html/200"),
        ("way_account_redirected", "account=redirect/302"),
        ("way_redirected", "post=redirect/307"),
    ] {
        let bench = faulty(faults);
        compare(name, &bench, &bench.bulk(&ARGS));
        assert_eq!(bench.control().taken(), 0);
    }
}

#[test]
fn credits_and_limits() {
    let poor = bench(Settings { credits: 200, ..Settings::default() });
    compare("short_of_credits", &poor, &poor.bulk(&ARGS));
    let rich = bench(Settings { found_percent: 100, ..Settings::default() });
    let dry = rich.bulk(&["in.csv", "--dry-run"]);
    compare("dry_run", &rich, &dry);
    for (name, more) in
        [("short_of_budget", ["--max-credits", "400"]), ("short_of_limit", ["--limit", "3"])]
    {
        compare(name, &rich, &rich.bulk(&args(&more)));
    }
}

#[test]
fn stopped_before_the_end() {
    let held = || bench(Settings { pace: Pace::Held, ..Settings::default() });
    let bench = held();
    let timeout = bench.bulk(&args(&["--timeout", "2s"]));
    compare("stopped_by_timeout", &bench, &timeout);
    let bench = held();
    let detached = bench.bulk(&args(&["--detach"]));
    compare("detached", &bench, &detached);
    let other = bench.call(&args(&["--detach"])).key("another").run();
    compare("sent_with_another_key", &bench, &other);
    for (name, signal) in [("stopped_by_interrupt", "INT"), ("stopped_by_termination", "TERM")] {
        let bench = held();
        let run = bench.spawn_bulk(&ARGS);
        let polled = |control: &enrow_phone::sandbox::Control| control.polls() > 0;
        assert!(bench.control().wait_until(PATIENCE, polled));
        run.signal(signal);
        compare(name, &bench, &run.finish());
    }
}

#[test]
fn answers_that_are_lost_or_useless() {
    for (name, faults, more) in [
        ("lost_answer", "post:1=reset-after", &[][..]),
        ("lost_answers_again_and_again", "post:1-2=reset-after", &["--batch-size", "5"]),
        ("batch_failed", "batch=failed", &[]),
        ("batch_with_holes", "batch=holes/3", &[]),
    ] {
        let bench = faulty(faults);
        compare(name, &bench, &bench.bulk(&args(more)));
    }
}

#[test]
fn recover() {
    let bench = faulty("post:1=reset-after");
    let recover = |args: &[&str]| bench.command("recover", args).run();
    compare("recover_nothing", &bench, &recover(&[]));
    let by_id = recover(&[NOBODYS_ID]);
    compare("recover_nothing_by_id", &bench, &by_id);
    bench.bulk(&ARGS).exits(3);
    compare("recover_list", &bench, &recover(&[]));
    let unasked = recover(&["--resubmit"]);
    compare("recover_resubmit_unasked", &bench, &unasked);
    let unknown = recover(&[NOBODYS_ID]);
    compare("recover_unknown_id", &bench, &unknown);
    let no_id = recover(&["../../account/info"]);
    compare("recover_no_id", &bench, &no_id);
    bench.write_csv("other.csv", &people_csv_of(100..120));
    let other = bench.call(&["other.csv", "-o", "other-out.csv"]);
    other.ledger(bench.path("other.db")).run().exits(0);
    let batches = bench.control().batches();
    let anothers = recover(&[&batches[1].id]);
    compare("recover_anothers_id", &bench, &anothers);
    let ours = recover(&[&batches[0].id]);
    compare("recover_by_id", &bench, &ours);
    let again = recover(&[&batches[0].id]);
    compare("recover_by_id_again", &bench, &again);
    bench.assert_posts(2);
}

#[test]
fn forget() {
    let bench = bench(Settings::default());
    bench.bulk(&ARGS).exits(0);
    let company = "https://www.linkedin.com/company/quarry-lane";
    for (name, args) in [
        ("forget_nobody", &[][..]),
        ("forget_a_name_alone", &["--first", "Ann", "--last", "Lee"]),
        ("forget_everybody_unasked", &["--all"]),
        ("forget_no_profile", &[company]),
        ("forget_a_stranger", &["ann-lee"]),
        ("forget_and_suppress", &["--suppress", "ann-lee"]),
    ] {
        compare(name, &bench, &bench.command("forget", args).run());
    }
}

#[test]
fn find_and_fetch() {
    let bench = bench(Settings { found_percent: 0, pace: Pace::Held, ..Settings::default() });
    bench.bulk(&args(&["--detach"])).exits(3);
    let id = bench.control().batches()[0].id.clone();
    let fetch = |args: &[&str]| bench.command("fetch", args).run();
    let running = fetch(&[&id, "--no-wait"]);
    compare("fetch_running", &bench, &running);
    let unknown = fetch(&[NOBODYS_ID]);
    compare("fetch_unknown_id", &bench, &unknown);
    bench.control().set_pace(Pace::INSTANT);
    let find = |args: &[&str]| bench.command("find", args).run();
    compare("find_not_found", &bench, &find(&["ann-lee"]));
    let name_alone = find(&["--first", "Ann", "--last", "Lee"]);
    compare("find_a_name_alone", &bench, &name_alone);
    let company = find(&["https://www.linkedin.com/company/quarry-lane"]);
    compare("find_no_profile", &bench, &company);
}

#[test]
fn the_command_line() {
    let bench = bench(Settings::default());
    for (name, more) in [
        ("usage_typo", ["--max-credit", "400"]),
        ("usage_batch_size", ["--batch-size", "3001"]),
        ("usage_time", ["--timeout", "soon"]),
        ("usage_field", ["--map", "linkedin=Profile"]),
        ("usage_delimiter", ["--delimiter", "xx"]),
        ("usage_encoding", ["--encoding", "klingon"]),
        ("usage_webhook", ["--webhook", "http://hook.example/x"]),
        ("usage_credits", ["--max-credits", "many"]),
    ] {
        compare(name, &bench, &bench.bulk(&args(&more)));
    }
    let command = bench.command("bluk", &[]).run();
    compare("usage_command", &bench, &command);
    let fault = bench.command("sandbox", &["--fault", "post=explode"]).run();
    compare("usage_fault", &bench, &fault);
    assert_eq!(bench.control().requests().len(), 0);
}
