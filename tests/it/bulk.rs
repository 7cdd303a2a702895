//! The main job, and the promises of the design: nobody is paid for twice, no number lands on the wrong person, nothing
//! paid for is lost, running again is right, the file comes back as it went in, no surprise.

use crate::support::people::{Person, people_csv, people_csv_of};
use crate::support::{Call, TestEnv, busiest_second};
use enrow_phone::sandbox::{Endpoint, Pace, Settings};

const CONTACTS: &str = include_str!("../../fixtures/contacts.csv");

#[test]
fn promise_1_nobody_is_paid_for_twice() {
    let env = TestEnv::new(Settings::default());
    env.write("in.csv", people_csv(60));
    env.bulk(&["in.csv", "-o", "out.csv"]).exits(0);
    let paid = env.control().credits().balance();

    // Yesterday's file, a longer one with the same people, and each of them five times.
    env.bulk(&["in.csv", "-o", "again.csv"]).exits(0).says("this costs nothing");
    env.write("five.csv", people_csv_of((0..5).flat_map(|_| 0..70)));
    env.bulk(&["five.csv", "-o", "five-out.csv"]).exits(0);

    env.assert_nobody_searched_twice();
    env.assert_posts(2);
    let searched: usize = env.control().batches().iter().map(|batch| batch.searches.len()).sum();
    assert_eq!(searched, 70, "ten new people in the second file");
    assert!(env.control().credits().balance() < paid, "the new people were paid");
    env.assert_rows_right("five.csv", "five-out.csv");
}

#[test]
fn promise_2_a_number_never_lands_on_the_wrong_person() {
    // How many of 51 people get their number whatever the results look like.
    for (faults, found) in [
        ("batch=shuffled", 51),
        ("batch=contradicted/3", 34),
        ("batch=strangers/3", 34),
        ("batch=extra", 51),
        ("batch=duplicated/3", 51),
    ] {
        let env = TestEnv::new(Settings {
            faults: faults.parse().unwrap(),
            found_percent: 100,
            ..Settings::default()
        });
        env.write("in.csv", people_csv(51));
        // Who has no proven answer is looked for again, up to a minute.
        env.bulk(&["in.csv", "-o", "out.csv", "--timeout=10s"]);
        let rows = env.assert_no_row_wrong("in.csv", "out.csv");
        assert_eq!(rows.count("found"), found, "{faults}: {:?}", rows.statuses());
    }
}

#[test]
fn promise_3_nothing_paid_for_is_lost() {
    let env = TestEnv::new(Settings { pace: Pace::Held, ..Settings::default() });
    env.write("in.csv", people_csv(40));
    let run = env.spawn_bulk(&["in.csv", "-o", "out.csv"]);
    let taken = |control: &enrow_phone::sandbox::Control| control.polls() > 0;
    env.wait_until(taken);
    drop(run.kill());
    env.let_deaths_be_seen();

    env.control().release();
    env.bulk(&["in.csv", "-o", "out.csv"]).exits(0).says("of an earlier run");
    env.assert_posts(1);
    env.assert_rows_right("in.csv", "out.csv");
}

#[test]
fn a_list_that_is_written_in_several_parts_has_every_number_in_its_row() {
    let env = TestEnv::new(Settings { found_percent: 100, ..Settings::default() });
    // 47 divides no length of a part.
    env.write("in.csv", people_csv_of((0..9_000).map(|row| row % 47)));
    env.bulk(&["in.csv", "-o", "out.csv"]).exits(0);
    let rows = env.assert_rows_right("in.csv", "out.csv");
    assert_eq!((rows.len(), rows.count("found")), (9_000, 9_000));
}

#[test]
fn promise_4_running_the_same_command_again_is_right() {
    let env = TestEnv::new(Settings::default());
    env.write("in.csv", CONTACTS);
    env.bulk(&["in.csv", "-o", "out.csv"]).exits(0);
    let first = env.read("out.csv");
    let requests = env.control().requests().len();
    env.bulk(&["in.csv", "-o", "out.csv"]).exits(0);
    assert_eq!(env.read("out.csv"), first, "the second run writes the identical file");
    assert_eq!(env.control().requests().len(), requests, "and asks Enrow nothing at all");
}

#[test]
fn promise_5_the_file_comes_back_as_it_went_in() {
    let contacts = include_bytes!("../../fixtures/contacts.csv").as_slice();
    let connections = include_bytes!("../../fixtures/Connections.csv").as_slice();
    let kontakte = include_bytes!("../../fixtures/kontakte.csv").as_slice();
    // The bytes, what separates their fields, their lines above the header, and how many of their rows are searched.
    let files: [(&[u8], u8, usize, usize); 8] = [
        (contacts, b',', 0, 25),
        (connections, b',', 3, 5),
        (kontakte, b';', 0, 3),
        (b"First Name,Last Name,Company\nAnn,Lee,Acme", b',', 0, 1),
        (b"First Name,Last Name,Company\r\nAnn,Lee,Acme\r\n\r\n", b',', 0, 1),
        (b"\xef\xbb\xbfFirst Name\tLast Name\tCompany\n Ann \tLee  \tAcme\n", b'\t', 0, 1),
        (
            b"\"First Name\";\"Last Name\";\"Company\";\"Id\"\n\"Ann\";\"Lee\";\"Ac\"\"me; Inc\";\"007\"\n",
            b';',
            0,
            1,
        ),
        (
            b"Profile,=Note\nhttps://www.linkedin.com/in/ann-lee,\"two\nlines\"\n,\xc3\xa9\n",
            b',',
            0,
            1,
        ),
    ];
    for (bytes, delimiter, above, searched) in files {
        let env = TestEnv::new(Settings::default());
        env.write("in.csv", bytes);
        env.bulk(&["in.csv", "-o", "out.csv"]).exits(0);
        let out = std::fs::read(env.path("out.csv")).unwrap();
        let (without, statuses) = without_results(&out, delimiter, above);
        // The one byte that may be added: every row of an output ends with its line.
        let bytes = if bytes.ends_with(b"\n") { bytes } else { &[bytes, b"\n"].concat() };
        let shown = String::from_utf8_lossy(bytes);
        assert_eq!(String::from_utf8_lossy(&without), shown);
        assert!(without == bytes, "{shown}");
        let answered = statuses.iter().filter(|s| ["found", "not_found"].contains(&s.as_str()));
        assert_eq!(answered.count(), searched, "{statuses:?} in {shown}");
    }
}

/// The bytes of an output without the four columns at the end of each row, and the rows' statuses.
fn without_results(output: &[u8], delimiter: u8, above: usize) -> (Vec<u8>, Vec<String>) {
    let table = output.split_inclusive(|byte| *byte == b'\n').take(above).map(<[u8]>::len).sum();
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(delimiter)
        .flexible(true)
        .has_headers(false)
        .from_reader(&output[table..]);
    let records: Vec<_> = reader.byte_records().map(|record| record.unwrap()).collect();
    let start = |record: &csv::ByteRecord| {
        let byte = record.position().expect("a row that was read has a place").byte();
        table + usize::try_from(byte).unwrap()
    };
    let mut without = output[..table].to_vec();
    let mut statuses = Vec::new();
    for (number, record) in records.iter().enumerate() {
        let end = records.get(number + 1).map_or(output.len(), start);
        let row = &output[start(record)..end];
        let line_end = |byte: &u8| *byte == b'\r' || *byte == b'\n';
        let last = row.iter().rposition(|byte| !line_end(byte)).unwrap();
        let text = &row[..=last];
        let results: Vec<_> = record.iter().skip(record.len() - 4).collect();
        // Quoted where they must be, or where everything is.
        let added = |all: bool| -> Vec<u8> {
            let cells = results.iter().flat_map(|cell| {
                let quote: &[u8] = if all || cell.contains(&delimiter) { b"\"" } else { b"" };
                [&[delimiter], quote, cell, quote].concat()
            });
            cells.collect()
        };
        let kept = text.strip_suffix(&*added(true)).or_else(|| text.strip_suffix(&*added(false)));
        without.extend_from_slice(kept.expect("a row ends with its results"));
        without.extend_from_slice(&row[text.len()..]);
        statuses.push(String::from_utf8(results[2].to_vec()).unwrap());
    }
    (without, statuses)
}

#[test]
fn promise_6_what_a_run_costs_at_most_is_told_first_and_every_gap_says_why() {
    let env = TestEnv::new(Settings::default());
    env.write("in.csv", CONTACTS);
    let dry = env.bulk(&["in.csv", "--dry-run"]);
    dry.exits(0).says("at most").says("dry run: nothing was sent");
    env.assert_posts(0);

    let run = env.bulk(&["in.csv", "-o", "out.csv", "--limit", "3"]);
    run.exits(0).says("`--limit` was reached");
    let rows = env.rows("out.csv");
    assert_eq!(rows.answered(), 4, "three people, one of whom has two rows");
    for row in 0..rows.len() {
        let answered = ["found", "not_found"].contains(&rows.status(row));
        assert!(answered || !rows.note(row).is_empty(), "{} without a note", rows.status(row));
    }
}

#[test]
fn seven_thousand_and_one_people_make_batches_of_3000_3000_and_1001() {
    let env = TestEnv::new(Settings::default());
    env.write("in.csv", people_csv(7001));
    env.bulk(&["in.csv", "-o", "out.csv"]).exits(0);
    let sizes: Vec<_> = env.control().batches().iter().map(|batch| batch.searches.len()).collect();
    assert_eq!(sizes, [3000, 3000, 1001]);
    env.assert_rows_right("in.csv", "out.csv");
    env.bulk(&["in.csv", "-o", "again.csv"]).exits(0);
    assert_eq!(env.read("out.csv"), env.read("again.csv"));
    env.assert_posts(3);
}

#[test]
fn posts_keep_to_the_rate_limit_without_a_burst() {
    let env = TestEnv::new(Settings::default());
    env.write("in.csv", people_csv(30));
    env.bulk(&["in.csv", "-o", "out.csv", "--batch-size", "1"]).exits(0);
    assert!(env.control().requests().iter().all(|request| request.status != Some(429)));
    assert!(busiest_second(&env.control()) <= 10);
    env.assert_posts(30);
}

#[test]
fn a_batch_carries_its_nonce_and_the_webhook_and_no_more_than_it_needs() {
    let env = TestEnv::new(Settings::default());
    env.write(
        "in.csv",
        "First,Last,Company,LinkedIn,E-mail\nAnn,Lee,Acme,https://uk.linkedin.com/in/Ann-Lee/?x=1,ann@acme.example\n",
    );
    env.bulk(&["in.csv", "-o", "out.csv", "--webhook", "https://hook.example/x"]).exits(0);
    let mut body: serde_json::Value =
        serde_json::from_slice(&env.control().batches()[0].body).unwrap();
    let proof = body["searches"][0].as_object_mut().unwrap().remove("custom");
    assert_eq!(proof.as_ref().and_then(|proof| proof.as_str()).map(str::len), Some(16));
    let searches = serde_json::json!([{ "linkedin_url": "https://www.linkedin.com/in/ann-lee" }]);
    assert_eq!(body["searches"], searches, "the profile prevails and nothing else leaves");
    assert_eq!(body["settings"]["webhook"], "https://hook.example/x");
    assert_eq!(body["custom"]["nonce"].as_str().map(str::len), Some(32));
}

#[test]
fn a_pipe_goes_in_and_data_alone_comes_out() {
    let env = TestEnv::new(Settings::default());
    let run = env.bulk_command(&["-"]).stdin(CONTACTS).run();
    run.exits(0);
    assert!(run.stdout.starts_with("id,First Name,"), "{}", run.stdout);
    assert_eq!(run.rows().len(), 26);
}

#[test]
fn the_output_may_be_the_input() {
    let env = TestEnv::new(Settings::default());
    env.write("my list.csv", CONTACTS);
    env.bulk(&["my list.csv", "-o", "my list.csv"]).exits(0);
    let once = env.read("my list.csv");
    env.bulk(&["my list.csv", "-o", "my list.csv"]).exits(0);
    assert_eq!(env.read("my list.csv"), once);
    env.assert_posts(1);
}

#[test]
fn a_table_of_r_with_row_names_is_written_over_itself_again_and_again() {
    let env = TestEnv::new(Settings { found_percent: 100, ..Settings::default() });
    let rows = people_csv(3);
    let rows = rows.lines().zip(0..).map(|(line, row)| match row {
        0 => format!("{line}\n"),
        _ => format!("{row},{line}\n"),
    });
    env.write("people.csv", rows.collect::<String>());
    env.bulk(&["people.csv", "-o", "people.csv"]).exits(0);
    let once = env.read("people.csv");
    assert_eq!(once.matches(",found,\n").count(), 3, "{once}");
    env.bulk(&["people.csv", "-o", "people.csv"]).exits(0);
    assert_eq!(env.read("people.csv"), once);
    env.assert_posts(1);
}

#[test]
fn an_output_that_cannot_be_written_is_found_out_before_anything_is_sent() {
    let env = TestEnv::new(Settings::default());
    env.write("in.csv", CONTACTS);
    std::fs::create_dir(env.path("folder")).unwrap();
    // No file can have this name, as a part of a path may have 255 letters everywhere, and on Windows no `?`.
    let name = "what?".repeat(60);
    for output in ["missing/out.csv", "folder", &name] {
        env.bulk(&["in.csv", "-o", output]).exits(1).says("nothing was sent");
    }
    assert_eq!(env.control().requests().len(), 0);
}

#[test]
fn a_failed_run_leaves_the_old_output_as_it_was() {
    let env = TestEnv::with_faults("post=400");
    env.write("in.csv", CONTACTS);
    env.write("out.csv", "what stood here\n");
    env.bulk(&["in.csv", "-o", "out.csv"]).exits(1).says("was not touched");
    assert_eq!(env.read("out.csv"), "what stood here\n");
    let names: Vec<_> =
        std::fs::read_dir(env.folder()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert!(!names.iter().any(|name| name.to_string_lossy().ends_with(".tmp")), "{names:?}");
}

#[cfg(unix)]
#[test]
fn a_closed_pipe_ends_the_run_quietly() {
    let env = TestEnv::new(Settings::default());
    env.write("in.csv", people_csv(4000));
    let script = "\"$0\" \"$@\" --quiet | head -n 1; exit ${PIPESTATUS:-0}";
    let run = Call::through_shell(&env, script, &["bulk", "in.csv"]).run();
    run.exits(0);
    assert_eq!(run.stderr, "");
    assert_eq!(run.stdout.lines().count(), 1);
}

#[test]
fn a_dry_run_needs_neither_key_nor_network_and_leaves_nothing_behind() {
    let env = TestEnv::new(Settings::default());
    env.write("in.csv", people_csv(20));
    let call = || env.bulk_command(&["in.csv", "--dry-run"]);
    let plan = "20 people to search: about 400 credits, 800 at most";
    let run = call().without_env("ENROW_API_KEY").run();
    run.exits(0).says(plan).does_not_say("balance");
    assert_eq!(env.control().requests(), []);
    let run = call().env("ENROW_API_URL", "http://127.0.0.1:1").run();
    run.exits(0).says(plan).says("the balance is not known: cannot reach Enrow");
    assert!(!env.ledger().exists());
    call().run().exits(0).says(plan).says("balance 1,000,000");
    assert_eq!(env.control().posts(), 0);
    assert_eq!(std::fs::read_dir(env.folder()).unwrap().count(), 1);
}

#[test]
fn a_plan_says_of_every_row_what_would_happen_to_it() {
    let env = TestEnv::new(Settings { found_percent: 100, ..Settings::default() });
    env.write("known.csv", people_csv_of(0..2));
    env.bulk(&["known.csv", "-o", "known-out.csv"]).exits(0);
    let people = people_csv(7) + "twice,Clara,Bababafir,,quarry-lane.example,\nx,Ida,,,,\ny,,,,,\n";
    let mobile = |row| ["Mobile", "", "", "", "", "+4930123"].get(row).unwrap_or(&"");
    let with_mobile =
        people.lines().enumerate().map(|(row, line)| format!("{line},{}", mobile(row)));
    let with_mobile = with_mobile.collect::<Vec<_>>().join("\n") + "\n";
    env.write("in.csv", with_mobile);
    let args = ["in.csv", "--dry-run", "-o", "plan.csv", "--limit", "3", "--max-credits", "100"];
    let run = env.bulk(&[&args[..], &["--skip-filled", "mobile", "--map", "custom="]].concat());
    run.exits(0)
        .says("10 rows, 6 people, 1 duplicate, 2 known from the ledger, 1 skipped, 2 not searchable")
        .says("3 people to search: about 60 credits, 100 at most (40 a number; `--max-credits`)")
        .says("  line 4: {\"firstname\":\"Clara\",\"lastname\":\"Bababafir\",\"company_domain\":\"quarry-lane.example\"}")
        .says("  line 5: {\"linkedin_url\":\"https://www.linkedin.com/in/dario-bababagol-3\"}")
        .says("  1 row: no last name; give it, or a LinkedIn profile (line 10)")
        .says("  1 row: only one cell is filled: a heading, not a person (line 11)")
        .says("the plan is in `plan.csv`");
    env.assert_posts(1);
    let rows = env.rows("plan.csv");
    let told: Vec<_> = (0..rows.len()).map(|row| (rows.status(row), rows.note(row))).collect();
    let later = "searched if `--max-credits` leaves enough: earlier searches may find nothing";
    assert_eq!(&told[..2], [("found", ""), ("found", "")]);
    assert_eq!(&told[2..4], [("not_submitted", "to be searched"); 2]);
    assert_eq!(told[4].0, "skipped");
    assert_eq!(told[5], ("not_submitted", later));
    assert_eq!(told[6], ("not_submitted", "not searched: `--limit` ends before"));
    assert_eq!(told[7], ("not_submitted", "to be searched"), "the duplicate");
    assert_eq!((told[8].0, told[9].0), ("invalid", "invalid"));
    // What was planned happens.
    env.bulk(&["in.csv", "-o", "out.csv", "--limit", "3", "--skip-filled", "Mobile"]).exits(0);
    let rows = env.rows("out.csv");
    assert_eq!((rows.count("found"), rows.count("skipped")), (6, 1));
    assert_eq!(env.control().times_searched(&Person::number(4).search()), 0);
}

#[test]
fn columns_to_skip_by_are_checked() {
    let env = TestEnv::new(Settings::default());
    env.write("in.csv", people_csv(3));
    let skip =
        |input: &str, column: &str| env.bulk(&[input, "-o", "out.csv", "--skip-filled", column]);
    skip("in.csv", "mobil").exits(2).says("no column `mobil`, asked for by `--skip-filled mobil`");
    skip("in.csv", "firstnam").exits(2).says("did you mean `--skip-filled 'firstname'`?");
    env.bulk(&["in.csv", "-o", "out.csv"]).exits(0);
    skip("out.csv", "phone_number").exits(2).says("which this program fills in");
    env.assert_posts(1);
}

#[test]
fn who_asks_for_less_than_all_gets_a_zero_for_it() {
    let env = TestEnv::new(Settings::default());
    env.write("in.csv", people_csv(20));
    let run = env.bulk(&["in.csv", "-o", "out.csv", "--limit", "5"]);
    run.exits(0).says("`--limit` was reached").does_not_say("warning");
    assert_eq!(env.rows("out.csv").count("not_submitted"), 15);
    env.bulk(&["in.csv", "-o", "out.csv", "--limit", "15", "--detach"]).exits(0);
    env.bulk(&["in.csv", "-o", "out.csv"]).exits(0);
    assert_eq!(env.rows("out.csv").count("not_submitted"), 0);
}

#[test]
fn quiet_says_on_one_line_why_an_exit_code_is_not_0() {
    let env = TestEnv::with_faults("post:1=reset-after");
    env.write("in.csv", people_csv(20));
    let run = env.bulk(&["in.csv", "-o", "out.csv", "--quiet"]);
    run.exits(6);
    for line in run.stderr.lines() {
        assert!(line.starts_with("warning: "), "{run:?}");
    }
    assert!(run.stderr.contains("20 rows have no answer and may have been paid"), "{run:?}");
}

#[test]
fn quiet_says_nothing_at_all() {
    let env = TestEnv::new(Settings::default());
    env.write("in.csv", CONTACTS);
    let run = env.bulk(&["in.csv", "-o", "out.csv", "--quiet"]);
    run.exits(0);
    assert_eq!(run.stderr, "");
    assert_eq!(run.stdout, "");
}

#[test]
fn no_key_and_a_wrong_key_are_told_apart_and_cost_nothing() {
    let env =
        TestEnv::new(Settings { refused_keys: vec!["wrong".to_owned()], ..Settings::default() });
    env.write("in.csv", CONTACTS);
    env.bulk_command(&["in.csv", "-o", "out.csv"])
        .without_env("ENROW_API_KEY")
        .run()
        .exits(4)
        .says("no API key");
    env.bulk_command(&["in.csv", "-o", "out.csv"])
        .key("wrong")
        .run()
        .exits(4)
        .says("refused the API key")
        .does_not_say("wrong\"");
    env.assert_posts(0);
    assert!(!env.path("out.csv").exists());
}

#[test]
fn a_file_in_which_nothing_can_be_searched_names_its_columns() {
    let env = TestEnv::new(Settings::default());
    env.write("in.csv", "Kunde,Ort\nA,Berlin\nB,Bonn\n");
    env.bulk(&["in.csv", "-o", "out.csv"]).exits(2).says("`Kunde`").says("`Ort`").says("--map");
    env.assert_posts(0);
}

#[cfg(unix)]
#[test]
fn an_interrupt_stops_cleanly_and_the_next_run_collects() {
    for (signal, code) in [("INT", 130), ("TERM", 143), ("HUP", 129)] {
        let env = TestEnv::new(Settings { pace: Pace::Held, ..Settings::default() });
        env.write("in.csv", people_csv(20));
        let run = env.spawn_bulk(&["in.csv", "-o", "out.csv"]);
        env.wait_until(|control| control.polls() > 0);
        run.signal(signal);
        run.finish().exits(code).says("continues at Enrow").says("run the same command again");
        assert!(!env.path("out.csv").exists());

        env.control().release();
        env.bulk(&["in.csv", "-o", "out.csv"]).exits(0);
        env.assert_posts(1);
        env.assert_rows_right("in.csv", "out.csv");
    }
}

#[test]
fn the_sandbox_flag_needs_no_key_and_has_a_ledger_of_its_own() {
    let env = TestEnv::new(Settings::default());
    env.write("in.csv", "LinkedIn URL\nhttps://www.linkedin.com/in/ann-lee\n");
    let sandbox = |more: &[&str]| {
        let args = [&["in.csv", "-o", "out.csv", "--sandbox"], more].concat();
        env.bulk_command(&args).without_env("ENROW_API_KEY").run()
    };
    let (new, known) = ("1 person to search", "nothing new to search: this costs nothing");
    sandbox(&[]).exits(0).says("the numbers are made up").says(new);
    sandbox(&[]).exits(0).says(known).says("of 1 searched");
    sandbox(&["--dry-run"]).exits(0).says(known);
    let first = env.read("out.csv");
    sandbox(&["--fresh"]).exits(0).says(new);
    assert_eq!(env.read("out.csv"), first);
    sandbox(&["--fresh", "--ledger", "mine.db"]).exits(2).says("removes no ledger that you named");
    env.bulk(&["in.csv", "--fresh"]).exits(2).says("--sandbox");
    assert_eq!(env.control().count(Endpoint::Account), 0, "the other API is not asked");
    assert!(!env.ledger().exists(), "the real ledger is not touched");
    let found = env.rows("out.csv").count("found");
    let status = env.run(["status", "--sandbox", "--json"]).json();
    assert_eq!(status["totals"]["found"], found);
}

/// A sandbox ends with its run, and so do its batches: nobody waits for them.
#[cfg(unix)]
#[test]
fn a_sandbox_that_was_interrupted_starts_again() {
    let env = TestEnv::new(Settings::default());
    env.write("in.csv", people_csv(20));
    let args = ["in.csv", "-o", "out.csv", "--sandbox", "--detach"];
    env.bulk(&args).exits(0);
    let again = env.bulk(&["in.csv", "-o", "out.csv", "--sandbox"]);
    again.exits(0).says("20 people to search").does_not_say("Enrow does not show");
    // Nobody was searched by the one that is gone.
    again.does_not_say("of 40 searched");
    assert_eq!(env.rows("out.csv").answered(), 20);
}

#[test]
fn the_ledger_is_private_and_holds_no_name_no_url_and_no_key() {
    let env = TestEnv::new(Settings::default());
    env.write("in.csv", CONTACTS);
    let ledger = env.path("state/deep/ledger.db");
    env.bulk_command(&["in.csv", "-o", "out.csv"]).ledger(&ledger).run().exits(0);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode =
            |path: &std::path::Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!((mode(&ledger), mode(ledger.parent().unwrap())), (0o600, 0o700));
    }
    let bytes = std::fs::read(&ledger).unwrap();
    for secret in ["lindqvist", "Lindqvist", "granvik", crate::support::KEY] {
        assert!(!bytes.windows(secret.len()).any(|window| window == secret.as_bytes()), "{secret}");
    }
}

#[test]
fn an_answer_that_does_not_count_any_more_is_told_from_a_new_one() {
    let env = TestEnv::new(Settings::default());
    env.write("people.csv", people_csv(20));
    env.bulk(&["people.csv", "-o", "out.csv"]).exits(0);
    let found = env.rows("out.csv").count("found");
    assert!((1..20).contains(&found), "{found}");
    // Nobody can be paid for.
    let args = ["people.csv", "-o", "again.csv", "--refresh", "--max-credits=0"];
    env.bulk(&args).exits(5).says("`--max-credits` was reached");
    let rows = env.rows("again.csv");
    assert_eq!((rows.count("found"), rows.count("not_submitted")), (found, 20 - found));
    assert!((0..20).all(|row| rows.note(row).contains("`--max-credits` was reached")));
    env.assert_posts(1);
}

#[test]
fn answers_that_were_to_be_searched_again_and_were_not_are_counted_as_stale() {
    let env = TestEnv::new(Settings { found_percent: 100, ..Settings::default() });
    env.write("in.csv", people_csv(8));
    env.bulk(&["in.csv", "-o", "out.csv"]).exits(0);
    let kept = "8 rows keep an earlier answer";
    for (more, code, reason, words) in [
        (&["--refresh", "--limit=0"][..], 0, "limit", kept),
        (&["--refresh", "--max-credits=39"], 5, "budget", kept),
        (&["--refresh", "--detach"], 0, "detached", "submitted"),
    ] {
        let run = env.bulk(&[&["in.csv", "-o", "out.csv", "--json"], more].concat());
        run.exits(code).says(words);
        assert_eq!(run.report()["reason"], reason);
        assert_eq!(run.figure("rows.stale"), 8);
        assert_eq!(env.rows("out.csv").count("found"), 8);
    }
    env.bulk(&["in.csv", "-o", "out.csv"]).exits(0);
}

/// A list that was enriched elsewhere: the user is told that this ledger knows nothing of it.
#[test]
fn a_new_ledger_that_meets_an_enriched_list_says_so() {
    let env = TestEnv::new(Settings { found_percent: 50, ..Settings::default() });
    env.write("in.csv", people_csv(20));
    env.bulk(&["in.csv", "-o", "out.csv"]).exits(0).does_not_say("is new");
    let elsewhere = env.bulk_command(&["out.csv", "-o", "again.csv"]).ledger(env.path("other.db"));
    elsewhere
        .run()
        .exits(0)
        .says("other.db` is new: people without a number")
        .says("`--ledger PATH`");
    env.bulk(&["out.csv", "-o", "again.csv"]).exits(0).does_not_say("is new");
}

#[test]
fn a_time_that_is_over_before_anything_is_sent_or_written_is_a_failure() {
    let env = TestEnv::with_faults("account:1-=hang");
    env.write("in.csv", "linkedin_url\nhttps://www.linkedin.com/in/ada-example\n");
    env.bulk(&["in.csv", "-o", "out.csv", "--timeout", "1s"]).exits(1).says("nothing was sent");
    assert!(!env.path("out.csv").exists());
    assert_eq!(env.control().posts(), 0);
}
