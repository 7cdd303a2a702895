//! Every error message, whole: exit code and standard error, as the person at the keyboard sees them.

// The system's own words in a message are other ones on Windows.
use crate::support::people::{people_csv, people_csv_of};
use crate::support::{Run, TestEnv, side_by_side};
use enrow_phone::sandbox::{Pace, Settings};
use std::fs;

/// The usual call.
const ARGS: [&str; 3] = ["in.csv", "-o", "out.csv"];

/// The usual call and more.
fn args<'a>(more: &[&'a str]) -> Vec<&'a str> {
    [&ARGS[..], more].concat()
}

/// A env with 20 people in `in.csv`.
fn env(settings: Settings) -> TestEnv {
    let env = TestEnv::new(settings);
    env.write("in.csv", people_csv(20));
    env
}

fn faulty(faults: &str) -> TestEnv {
    let env = TestEnv::with_faults(faults);
    env.write("in.csv", people_csv(20));
    env
}

/// Compares what a run said with what is written down.
#[track_caller]
fn compare(name: &str, env: &TestEnv, run: &Run) {
    let code = run.code().expect("it ended by itself");
    compare_text(name, &format!("exit code {code}\n{}", steady(env, &run.stderr)));
}

#[track_caller]
fn compare_text(name: &str, told: &str) {
    insta::with_settings!({omit_expression => true, snapshot_path => "snapshots/messages", prepend_module_to_snapshot => false}, {
        insta::assert_snapshot!(name, told);
    });
}

/// Compares a call of `bulk` with a text as input, of which nothing may be sent.
#[track_caller]
fn compare_input(name: &str, text: impl AsRef<[u8]>, more: &[&str]) {
    let env = TestEnv::new(Settings::default());
    fs::write(env.path("in.csv"), text).expect("a file can be written");
    compare(name, &env, &env.bulk(&args(more)));
    assert!(!env.path("out.csv").exists(), "{name}");
    env.assert_posts(0);
}

/// The same text for every run: without the folder, the address, ids, times and numbers of errors.
fn steady(env: &TestEnv, text: &str) -> String {
    let folder = fs::canonicalize(env.folder()).expect("the folder is there");
    let mut steady = text
        .replace(&folder.display().to_string(), "[FOLDER]")
        .replace(&env.folder().display().to_string(), "[FOLDER]")
        .replace(env.url().trim_start_matches("http://"), "[SANDBOX]");
    let words: Vec<String> = steady
        .split(|c: char| !(c.is_ascii_alphanumeric() || c == '-' || c == ':'))
        .map(|word| word.trim_end_matches(':').to_owned())
        .collect();
    for word in words {
        if is_id(&word) {
            steady = steady.replace(&word, "[ID]");
        } else if is_clock(&word) || is_moment(&word) {
            steady = steady.replace(&word, "[TIME]");
        }
    }
    // Said by every run that asks a sandbox.
    let said = "Enrow is asked at http://[SANDBOX], not at https://api.enrow.io\n";
    steady = steady.replace(said, "");
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
        let line = match (line.rsplit_once(" ("), line.ends_with(" ago)")) {
            (Some((before, _)), true) => format!("{before} ([TIME] ago)"),
            _ => line,
        };
        if line.starts_with("  time  ") {
            return "  time          [TIME]\n".to_owned();
        }
        format!("{line}\n")
    };
    // Whether a wait is said depends on how long it takes.
    let is_steady = |line: &&str| !line.starts_with("waiting for ");
    let mut lines: Vec<String> = steady.lines().filter(is_steady).map(line).collect();
    // How often a wait is shown depends on how long it takes.
    lines.dedup();
    settle_verdicts(&mut lines);
    lines.concat()
}

/// The balance may be read between two lost answers or after both: one verdict stands behind the last loss, without its
/// number of people.
fn settle_verdicts(lines: &mut Vec<String>) {
    let verdict = "the balance proves nothing about the lost batch of ";
    let Some(text) = lines.iter().find_map(|line| line.strip_prefix(verdict)) else { return };
    let why = text.split_once(": ").map_or("", |(_, why)| why);
    let one = format!("{verdict}[N] people: {why}");
    lines.retain(|line| !line.starts_with(verdict));
    lines.dedup();
    let last = lines.iter().rposition(|line| line.starts_with("a batch of "));
    lines.insert(last.map_or(0, |last| last + 1), one);
}

/// Whether this is such an id as the sandbox gives; the one of zeros is the test's own.
fn is_id(word: &str) -> bool {
    let groups: Vec<usize> = word.split('-').map(str::len).collect();
    groups == [8, 4, 4, 4, 12] && word != NOBODYS_ID
}

/// Whether this is a moment: `2026-11-26T19:53:25Z`.
fn is_moment(word: &str) -> bool {
    word.len() == 20 && word.ends_with('Z') && word[..4].bytes().all(|byte| byte.is_ascii_digit())
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
    let env = env(Settings {
        refused_keys: vec!["wrong".to_owned()],
        keys_without_phones: vec!["poor".to_owned()],
        ..Settings::default()
    });
    fs::write(env.path("key.txt"), "two words").unwrap();
    let absent = env.bulk_command(&ARGS).without_env("ENROW_API_KEY").run();
    compare("key_absent", &env, &absent);
    let refused = env.bulk_command(&ARGS).key("wrong").run();
    compare("key_refused", &env, &refused);
    let without_phones = env.bulk_command(&ARGS).key("poor").run();
    compare("key_without_phones", &env, &without_phones);
    for (name, file) in [("key_file_absent", "no.txt"), ("key_file_unusable", "key.txt")] {
        compare(name, &env, &env.bulk(&args(&["--api-key-file", file])));
    }
    assert!(!env.path("out.csv").exists());
    assert_eq!(env.control().taken(), 0);
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

    let env = env(Settings::default());
    for (name, input) in [("input_absent", "no.csv"), ("input_folder", ".")] {
        compare(name, &env, &env.bulk(&[input, "-o", "out.csv"]));
    }
    assert_eq!(env.control().requests().len(), 0);
}

#[test]
fn the_output() {
    let env = env(Settings::default());
    fs::create_dir(env.path("folder")).unwrap();
    for (name, output) in [("output_in_no_folder", "no/out.csv"), ("output_is_a_folder", "folder")]
    {
        compare(name, &env, &env.bulk(&["in.csv", "-o", output]));
    }
    assert_eq!(env.control().requests().len(), 0);
}

#[test]
fn the_ledger() {
    let env = env(Settings::default());
    let sql = |name: &str, sql: &str| {
        let connection = rusqlite::Connection::open(env.path(name)).unwrap();
        connection.execute_batch(sql).unwrap();
        connection
    };
    let with = |name: &str| env.bulk_command(&ARGS).ledger(env.path(name)).run();
    drop(sql("foreign.db", "CREATE TABLE songs (name TEXT)"));
    compare("ledger_foreign", &env, &with("foreign.db"));
    let notes = "call Alba on Monday\n".repeat(500);
    fs::write(env.path("notes.db"), notes).unwrap();
    compare("ledger_damaged", &env, &with("notes.db"));
    fs::create_dir(env.path("folder.db")).unwrap();
    compare("ledger_is_a_folder", &env, &with("folder.db"));

    env.bulk(&ARGS).exits(0);
    env.write("in.csv", people_csv(30));
    let elsewhere = "https://api.another.example";
    let other = env.bulk_command(&ARGS).env("ENROW_API_URL", elsewhere).run();
    compare("ledger_of_another_api", &env, &other);
    drop(sql("ledger.db", "PRAGMA user_version = 99"));
    compare("ledger_newer", &env, &env.bulk(&ARGS));
    env.assert_posts(1);
}

#[test]
fn a_ledger_that_somebody_holds() {
    let env = env(Settings::default());
    env.bulk(&["in.csv", "--dry-run"]).exits(0);
    let holder = rusqlite::Connection::open(env.ledger()).unwrap();
    holder.execute_batch("BEGIN IMMEDIATE").unwrap();
    compare("ledger_locked", &env, &env.bulk(&ARGS));
    env.assert_posts(0);
    holder.execute_batch("ROLLBACK").unwrap();
    env.bulk(&ARGS).exits(0);
    env.assert_rows_right("in.csv", "out.csv");
}

#[test]
fn the_way_to_enrow() {
    let shut = env(Settings::default());
    shut.control().shut();
    compare("way_shut", &shut, &shut.bulk(&ARGS));
    let insecure = "http://enrow.example";
    let insecure = shut.bulk_command(&ARGS).env("ENROW_API_URL", insecure).run();
    compare("way_insecure", &shut, &insecure);
    let cases = [
        ("way_account_down", "account=503"),
        ("way_account_not_json", "account=html/200"),
        ("way_account_redirected", "account=redirect/302"),
        ("way_redirected", "post=redirect/307"),
    ];
    // Most of them are asked again for a while.
    side_by_side(cases, |(name, faults)| {
        let env = faulty(faults);
        compare(name, &env, &env.bulk(&ARGS));
        assert_eq!(env.control().taken(), 0);
    });
}

#[test]
fn credits_and_limits() {
    let poor = env(Settings { credits: 200, ..Settings::default() });
    compare("short_of_credits", &poor, &poor.bulk(&ARGS));
    let rich = env(Settings { found_percent: 100, ..Settings::default() });
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
    let held = || env(Settings { pace: Pace::Held, ..Settings::default() });
    let env = held();
    let timeout = env.bulk(&args(&["--timeout", "2s"]));
    compare("stopped_by_timeout", &env, &timeout);
    let env = held();
    let detached = env.bulk(&args(&["--detach"]));
    compare("detached", &env, &detached);
    let other = env.bulk_command(&args(&["--detach"])).key("another").run();
    compare("sent_with_another_key", &env, &other);
    for (name, signal) in [("stopped_by_interrupt", "INT"), ("stopped_by_termination", "TERM")] {
        let env = held();
        let run = env.spawn_bulk(&ARGS);
        let polled = |control: &enrow_phone::sandbox::Control| control.polls() > 0;
        env.wait_until(polled);
        run.signal(signal);
        compare(name, &env, &run.finish());
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
        let env = faulty(faults);
        compare(name, &env, &env.bulk(&args(more)));
    }
}

#[test]
fn recover() {
    let env = faulty("post:1=reset-after");
    let recover = |args: &[&str]| env.run([&["recover"], args].concat());
    compare("recover_nothing", &env, &recover(&[]));
    let by_id = recover(&[NOBODYS_ID]);
    compare("recover_nothing_by_id", &env, &by_id);
    env.bulk(&ARGS).exits(6);
    let list = recover(&[]);
    compare_text("recover_list", &steady(&env, &[list.stdout, list.stderr].concat()));
    let unasked = recover(&["--resubmit"]);
    compare("recover_resubmit_unasked", &env, &unasked);
    let unknown = recover(&[NOBODYS_ID]);
    compare("recover_unknown_id", &env, &unknown);
    let no_id = recover(&["../../account/info"]);
    compare("recover_no_id", &env, &no_id);
    env.write("other.csv", people_csv_of(100..120));
    let other = env.bulk_command(&["other.csv", "-o", "other-out.csv"]);
    other.ledger(env.path("other.db")).run().exits(0);
    let batches = env.control().batches();
    let anothers = recover(&[&batches[1].id]);
    compare("recover_anothers_id", &env, &anothers);
    let ours = recover(&[&batches[0].id]);
    compare("recover_by_id", &env, &ours);
    let again = recover(&[&batches[0].id]);
    compare("recover_by_id_again", &env, &again);
    env.assert_posts(2);
}

#[test]
fn forget() {
    let env = env(Settings::default());
    env.bulk(&ARGS).exits(0);
    let company = "https://www.linkedin.com/company/quarry-lane";
    for (name, args) in [
        ("forget_nobody", &[][..]),
        ("forget_a_name_alone", &["--first", "Ann", "--last", "Lee"]),
        ("forget_everybody_unasked", &["--all"]),
        ("forget_no_profile", &[company]),
        ("forget_a_stranger", &["ann-lee"]),
        ("forget_and_suppress", &["--suppress", "ann-lee"]),
    ] {
        compare(name, &env, &env.run([&["forget"], args].concat()));
    }
}

#[test]
fn find_and_fetch() {
    let env = env(Settings { found_percent: 0, pace: Pace::Held, ..Settings::default() });
    env.bulk(&args(&["--detach"])).exits(0);
    let id = env.control().batches()[0].id.clone();
    let fetch = |args: &[&str]| env.run([&["fetch"], args].concat());
    let running = fetch(&[&id, "--no-wait"]);
    compare("fetch_running", &env, &running);
    let unknown = fetch(&[NOBODYS_ID]);
    compare("fetch_unknown_id", &env, &unknown);
    env.control().change(|settings| settings.pace = Pace::INSTANT);
    let find = |args: &[&str]| env.run([&["find"], args].concat());
    compare("find_not_found", &env, &find(&["ann-lee"]));
    let name_alone = find(&["--first", "Ann", "--last", "Lee"]);
    compare("find_a_name_alone", &env, &name_alone);
    let company = find(&["https://www.linkedin.com/company/quarry-lane"]);
    compare("find_no_profile", &env, &company);
}

#[test]
fn the_command_line() {
    let env = env(Settings::default());
    for (name, more) in [
        ("usage_typo", ["--max-credit", "400"]),
        ("usage_batch_size", ["--batch-size", "3001"]),
        ("usage_time", ["--timeout", "soon"]),
        ("usage_field", ["--map", "linkedin=Profile"]),
        ("usage_delimiter", ["--delimiter", "xx"]),
        ("usage_encoding", ["--encoding", "klingon"]),
        ("usage_webhook", ["--webhook", "http://hook.example/x"]),
        ("usage_credits", ["--max-credits", "many"]),
        ("usage_credits_below_zero", ["--max-credits", "-5"]),
        ("usage_time_below_zero", ["--timeout", "-5m"]),
    ] {
        compare(name, &env, &env.bulk(&args(&more)));
    }
    let command = env.run(["bluk"]);
    compare("usage_command", &env, &command);
    let fault = env.run(["sandbox", "--fault", "post=explode"]);
    compare("usage_fault", &env, &fault);
    assert_eq!(env.control().requests().len(), 0);
}
