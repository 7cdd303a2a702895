//! What is the user's stays the user's: columns, inputs, outputs.

use crate::support::people::profiles_csv;
use crate::support::{Run, Started, TestEnv};
use enrow_phone::sandbox::{Pace, Settings};
use std::collections::BTreeMap;
use std::fs;

fn env() -> TestEnv {
    TestEnv::new(Settings { found_percent: 100, ..Settings::default() })
}

const OWN: &str = "linkedin,phone_number\nlinkedin.com/in/ada-example,call me\n";

#[test]
fn a_column_of_the_users_own_is_refused_before_anything_is_sent() {
    let env = env();
    env.write("in.csv", OWN);
    env.run(["bulk", "in.csv", "-o", "in.csv", "--quiet"])
        .exits(2)
        .says("`in.csv` already has columns with the names of the added columns: `phone_number`")
        .says("hint: `--column-prefix TEXT` gives the added columns other names");
    assert_eq!(env.read("in.csv"), OWN);
    assert_eq!(env.control().requests(), []);
}

/// The first rows of a long list say how it is read, and its end may be from somewhere else.
#[test]
fn values_of_the_users_own_are_refused_wherever_they_begin() {
    let rows = |count: usize, end: &str| {
        let blank = (0..count).map(|n| format!("linkedin.com/in/person-{n},,\n"));
        blank.collect::<String>() + "linkedin.com/in/ada-example," + end
    };
    for end in ["+33611111111,verified\n", "+33611111111,\n", ",opted out\n"] {
        // More than a mebibyte of them.
        let own = format!("linkedin,phone_number,phone_status\n{}", rows(40_000, end));
        let env = env();
        env.write("in.csv", &own);
        env.run(["bulk", "in.csv", "-o", "in.csv", "--limit=1", "--quiet"])
            .exits(2)
            .says("`in.csv` already has columns with the names of the added columns: `phone_number`, `phone_status`");
        assert!(env.read("in.csv") == own, "{end}");
        assert_eq!(env.control().requests(), []);
    }
}

/// JSON lines may name a key for the first time in their last object.
#[test]
fn a_key_of_the_users_own_is_refused_wherever_it_begins() {
    let person = |n: usize| format!("{{\"linkedin\":\"linkedin.com/in/person-{n}\"}}\n");
    let last = "{\"linkedin\":\"linkedin.com/in/ada\",\"phone_number\":\"+33611111111\",\"phone_status\":\"verified\"}\n";
    let own = (0..3000).map(person).collect::<String>() + last;
    let env = env();
    env.write("in.jsonl", &own);
    env.run(["bulk", "in.jsonl", "-o", "in.jsonl", "--limit=1"]).exits(2).says("`phone_status`");
    assert!(env.read("in.jsonl") == own);
    assert_eq!(env.control().requests(), []);
}

#[test]
fn a_prefix_keeps_the_users_column_in_every_run() {
    let env = env();
    env.write("in.csv", OWN);
    let bulk = ["bulk", "in.csv", "-o", "in.csv", "--column-prefix", "enrow_"];
    env.run(bulk).exits(0);
    let first = env.read("in.csv");
    let header = "linkedin,phone_number,enrow_phone_number,enrow_phone_country,enrow_phone_status,enrow_phone_note\n";
    assert!(
        first.starts_with(&format!("{header}linkedin.com/in/ada-example,call me,+")),
        "{first}"
    );
    env.run(bulk).exits(0);
    assert_eq!(env.read("in.csv"), first);
    env.assert_posts(1);
}

#[test]
fn a_column_that_may_be_overwritten_is() {
    let env = env();
    env.write("in.csv", OWN);
    env.run(["bulk", "in.csv", "-o", "in.csv", "--overwrite-columns"]).exits(0);
    let output = env.read("in.csv");
    assert!(!output.contains("call me"), "{output}");
    env.run(["bulk", "in.csv", "-o", "in.csv"]).exits(0);
    assert_eq!(env.read("in.csv"), output);
}

#[test]
fn a_temporary_folder_that_is_not_there_is_named() {
    let env = env();
    env.write("in.csv", profiles_csv(0..1));
    let missing = env.path("missing");
    env.bulk_command(&["in.csv", "-o", "out.csv"])
        .env("TMPDIR", &missing)
        .run()
        .exits(1)
        .says(&format!("cannot copy `in.csv` into the temporary folder `{}`", missing.display()))
        .says("`TMPDIR`");
    assert_eq!(env.control().requests(), []);
}

/// A run over its own input whose batch is held by the sandbox, and the input as it was.
fn held_over_its_input(env: &TestEnv) -> Started {
    env.control().change(|settings| settings.pace = Pace::Held);
    env.write("leads.csv", profiles_csv(0..3));
    let run = env.bulk_command(&["leads.csv", "-o", "leads.csv"]).spawn();
    env.wait_until(|control| control.posts() == 1);
    run
}

fn release(env: &TestEnv) {
    env.control().change(|settings| settings.pace = Pace::INSTANT);
    env.control().release();
}

#[test]
fn a_list_that_grew_meanwhile_is_not_overwritten() {
    let env = env();
    let run = held_over_its_input(&env);
    let grown = profiles_csv(0..5);
    env.write("leads.csv", &grown);
    release(&env);
    run.finish()
        .exits(1)
        .says("warning: `leads.csv` changed while the run worked, and is not overwritten")
        .says("the rows are in `");
    assert_eq!(env.read("leads.csv"), grown);
    assert_eq!(env.rows("leads.enriched.csv").statuses(), BTreeMap::from([("found", 3)]));
    // The next run has all of it, and searches only who is new.
    env.bulk(&["leads.csv", "-o", "leads.csv"]).exits(0);
    assert_eq!(env.rows("leads.csv").statuses(), BTreeMap::from([("found", 5)]));
    env.assert_nobody_searched_twice();
}

#[test]
fn a_list_that_was_replaced_meanwhile_is_not_overwritten() {
    let env = env();
    let run = held_over_its_input(&env);
    let old = env.read("leads.csv");
    // The same bytes, and another file.
    env.write("export.csv", &old);
    fs::rename(env.path("export.csv"), env.path("leads.csv")).expect("a file can be renamed");
    release(&env);
    let report = run.finish();
    report.exits(1).says("`leads.csv` changed while the run worked");
    assert_eq!(env.read("leads.csv"), old);
    assert!(env.path("leads.enriched.csv").exists());
}

#[test]
fn a_list_that_was_not_touched_is_overwritten() {
    let env = env();
    let run = held_over_its_input(&env);
    release(&env);
    run.finish().exits(0).says("wrote `leads.csv`");
    assert_eq!(env.rows("leads.csv").statuses(), BTreeMap::from([("found", 3)]));
    assert!(!env.path("leads.enriched.csv").exists());
}

#[test]
fn a_list_that_is_no_text_is_called_what_it_is() {
    let env = env();
    let noise: Vec<u8> = (0..3000_u32).map(|n| (n * 167 % 251) as u8).collect();
    for (head, what, hint) in [
        (&b"SQLite format 3\0"[..], "is an SQLite database, not CSV", "export the table"),
        (b"\x1f\x8b\x08", "is compressed with gzip, not CSV", "unpack it"),
        (b"\x28\xb5\x2f\xfd", "is compressed with zstd, not CSV", "unpack it"),
        (b"\xfd7zXZ\0", "is compressed with xz, not CSV", "unpack it"),
        (b"BZh91AY&SY", "is compressed with bzip2, not CSV", "unpack it"),
        (b"7z\xbc\xaf\x27\x1c", "is a 7z archive, not CSV", "unpack it"),
        (b"Rar!\x1a\x07", "is a RAR archive, not CSV", "unpack it"),
        (b"\x89PNG\r\n\x1a\n", "is a PNG image, not CSV", "ask for the list itself"),
        (b"\xff\xd8\xff\xe0", "is a JPEG image, not CSV", "ask for the list itself"),
        (b"%PDF-1.7\n", "is a PDF document, not CSV", "ask for the list itself"),
    ] {
        env.write("in.csv", [head, &noise].concat());
        env.bulk(&["in.csv", "-o", "out.csv"]).exits(2).says(what).says(hint);
        assert!(!env.path("out.csv").exists(), "{what}");
    }
    env.assert_posts(0);
    // A header may begin with the same letters.
    env.write(
        "in.csv",
        profiles_csv(0..1)
            .replacen("linkedin_url", "BZh,linkedin_url", 1)
            .replacen("\nhttps", "\n,https", 1),
    );
    env.bulk(&["in.csv", "-o", "out.csv"]).exits(0);
}

#[cfg(unix)]
mod unix {
    use super::*;
    use crate::support::Call;
    use std::os::unix::fs::{MetadataExt, PermissionsExt, chown, symlink};

    /// Runs a script, in which `"$0" "$@"` is `bulk in.csv`.
    fn shell(env: &TestEnv, script: &str) -> Run {
        env.write("in.csv", profiles_csv(0..1));
        Call::through_shell(env, script, &["bulk", "in.csv"]).run()
    }

    #[test]
    fn a_stream_of_the_shell_is_written_and_its_file_not_replaced() {
        for script in [
            "\"$0\" \"$@\" -o /dev/stdout >> all.csv",
            "\"$0\" \"$@\" -o /dev/fd/3 3>> all.csv",
            "\"$0\" \"$@\" -o /proc/self/fd/3 3>> all.csv",
        ] {
            let env = env();
            env.write("all.csv", "what was there\n");
            shell(&env, script).exits(0);
            let all = env.read("all.csv");
            let rows = all.strip_prefix("what was there\n").expect("it is still there");
            assert!(rows.contains(",found,"), "{script}: {all}");
        }
    }

    #[test]
    fn a_descriptor_that_is_not_open_is_refused_before_anything_is_sent() {
        let env = env();
        shell(&env, "\"$0\" \"$@\" -o /dev/fd/9").exits(1).says("cannot write `/dev/fd/9`");
        assert_eq!(env.control().requests(), []);
    }

    #[test]
    fn a_full_device_is_named() {
        let env = env();
        shell(&env, "\"$0\" \"$@\" -o /dev/full")
            .exits(1)
            .says("cannot write `/dev/full`: No space left on device");
    }

    #[test]
    fn a_link_to_nothing_makes_its_target() {
        let env = env();
        env.write("in.csv", profiles_csv(0..1));
        fs::create_dir(env.path("folder")).expect("a folder can be made");
        symlink("folder/target.csv", env.path("link.csv")).expect("a link can be made");
        env.bulk(&["in.csv", "-o", "link.csv"]).exits(0);
        assert!(fs::symlink_metadata(env.path("link.csv")).expect("it is there").is_symlink());
        assert_eq!(env.rows("folder/target.csv").statuses(), BTreeMap::from([("found", 1)]));
    }

    #[test]
    fn rights_attributes_and_access_lists_stay() {
        let env = env();
        env.write("in.csv", profiles_csv(0..1));
        let out = env.write("out.csv", "old");
        fs::set_permissions(&out, fs::Permissions::from_mode(0o640)).expect("rights can be set");
        // Version 2: owner, user 1234, group, mask, others; each with its rights and its id.
        let entries: [(u16, u16, u32); 5] =
            [(1, 6, !0), (2, 4, 1234), (4, 4, !0), (0x10, 4, !0), (0x20, 0, !0)];
        let entries = entries.iter().flat_map(|(tag, rights, id)| {
            [&tag.to_le_bytes()[..], &rights.to_le_bytes(), &id.to_le_bytes()].concat()
        });
        let list: Vec<u8> = 2_u32.to_le_bytes().into_iter().chain(entries).collect();
        let attributes = [("user.origin", &b"crm"[..]), ("system.posix_acl_access", &list)];
        // Not every file system has them.
        let set: Vec<_> = attributes
            .iter()
            .filter(|(name, value)| xattr::set(&out, name, value).is_ok())
            .collect();
        env.bulk(&["in.csv", "-o", "out.csv"]).exits(0);
        let metadata = fs::metadata(&out).expect("it is there");
        assert_eq!(metadata.mode() & 0o777, 0o640);
        assert_eq!(env.rows("out.csv").statuses(), BTreeMap::from([("found", 1)]));
        for (name, value) in set {
            let now = xattr::get(&out, name).expect("attributes can be read");
            assert_eq!(now.as_deref(), Some(*value), "{name}");
        }
    }

    #[test]
    fn root_leaves_a_file_to_its_owner() {
        let env = env();
        env.write("in.csv", profiles_csv(0..1));
        let out = env.write("out.csv", "old");
        fs::set_permissions(&out, fs::Permissions::from_mode(0o600)).expect("rights can be set");
        if chown(&out, Some(1234), Some(1235)).is_err() {
            // Nobody but root can give a file away.
            return;
        }
        env.bulk(&["in.csv", "-o", "out.csv"]).exits(0);
        let metadata = fs::metadata(&out).expect("it is there");
        assert_eq!((metadata.uid(), metadata.gid(), metadata.mode() & 0o777), (1234, 1235, 0o600));
        assert_eq!(env.rows("out.csv").statuses(), BTreeMap::from([("found", 1)]));
    }

    #[test]
    fn what_a_killed_run_left_is_removed_by_the_next() {
        let env = env();
        env.write("in.csv", profiles_csv(0..1));
        let left = env.write(".enrow-phone-left.tmp", "people");
        let file = fs::File::options().write(true).open(&left).expect("it can be opened");
        let hour = std::time::Duration::from_hours(1);
        file.set_modified(std::time::SystemTime::now() - hour).expect("times can be set");
        drop(file);
        env.bulk(&["in.csv", "-o", "out.csv"]).exits(0);
        assert!(!left.exists());
    }
}

#[cfg(unix)]
pub(crate) mod fifo {
    use super::*;
    use std::path::PathBuf;
    use std::process::Command;

    pub(crate) fn fifo(env: &TestEnv, name: &str) -> PathBuf {
        let path = env.path(name);
        assert!(Command::new("mkfifo").arg(&path).status().expect("mkfifo runs").success());
        path
    }

    #[test]
    fn an_input_that_does_not_end_is_given_up_when_the_time_is_over() {
        let env = env();
        fifo(&env, "in");
        env.run(["bulk", "in", "-o", "out.csv", "--timeout", "1s"])
            .exits(1)
            .says("error: the time of `--timeout` is over, and the input has not ended")
            .says("nothing was sent");
        assert!(!env.path("out.csv").exists());
        assert_eq!(env.control().requests(), []);
    }

    #[test]
    fn an_input_that_does_not_end_can_be_interrupted() {
        let env = env();
        let path = fifo(&env, "in");
        let run = env.bulk_command(&["in", "-o", "out.csv"]).spawn();
        // Opens once the run reads: from then on it hears signals.
        let writer = fs::File::options().write(true).open(path).expect("a FIFO can be opened");
        run.signal("INT");
        run.finish().exits(130).says("interrupted; nothing was sent, `out.csv` was not touched");
        drop(writer);
    }

    #[test]
    fn an_output_without_a_reader_is_waited_for_before_anything_is_sent() {
        let env = env();
        env.write("in.csv", profiles_csv(0..1));
        fifo(&env, "out");
        env.run(["bulk", "in.csv", "-o", "out", "--timeout", "5s"])
            .exits(1)
            .says("waiting for a reader of `out`")
            .says("error: the time of `--timeout` is over, and nobody reads `out`")
            .says("nothing was sent");
        let run = env.bulk_command(&["in.csv", "-o", "out"]).spawn();
        run.wait_for_message("waiting for a reader of `out`");
        run.signal("INT");
        run.finish().exits(130).says("nothing was sent, `out` was not touched");
        assert_eq!(env.control().requests(), []);
    }

    #[test]
    fn an_output_that_is_read_gets_the_rows() {
        let env = env();
        env.write("in.csv", profiles_csv(0..1));
        let path = fifo(&env, "out");
        let reader = std::thread::spawn(move || fs::read_to_string(path));
        env.run(["bulk", "in.csv", "-o", "out"]).exits(0);
        let read = reader.join().expect("the reader ends").expect("a FIFO can be read");
        assert!(read.contains(",found,"), "{read}");
    }

    #[test]
    fn a_report_without_a_reader_is_waited_for_before_anything_is_sent() {
        let env = env();
        env.write("in.csv", profiles_csv(0..1));
        let path = fifo(&env, "report");
        let args = ["bulk", "in.csv", "-o", "out.csv", "--report", "report"];
        env.run([&args[..], &["--timeout", "5s"]].concat())
            .exits(1)
            .says("waiting for a reader of `report`")
            .says("nothing was sent");
        let run = env.spawn(args);
        run.wait_for_message("waiting for a reader of `report`");
        run.signal("INT");
        run.finish().exits(130).says("nothing was sent");
        assert_eq!(env.control().requests(), []);
        let reader = std::thread::spawn(move || fs::read_to_string(path));
        env.run(args).exits(0);
        let read = reader.join().expect("the reader ends").expect("a FIFO can be read");
        assert!(read.ends_with("}\n") && read.contains("\"reason\":\"done\""), "{read}");
        env.run(["bulk", "in.csv", "-o", "out.csv", "--report", "/dev/null"]).exits(0);
        env.run(["bulk", "in.csv", "-o", "out.csv", "--report", "/dev/full"])
            .exits(1)
            .says("cannot write `/dev/full`")
            .says("the rows are written to `out.csv`");
    }

    /// A run whose rows are more than a pipe holds, and whose reader takes none.
    fn stalled(env: &TestEnv, more: &[&str]) -> (Started, fs::File) {
        env.write("in.csv", profiles_csv(0..3000));
        let path = fifo(env, "out");
        let args = [&["in.csv", "-o", "out", "--report", "report.json"], more].concat();
        // Opened for both, a FIFO waits for nobody: a run that ends too early fails the test and does not hold it up.
        let both = fs::File::options().read(true).write(true).open(&path);
        let run = env.bulk_command(&args).spawn();
        run.wait_for_message("waiting for the reader of `out`");
        let reader = fs::File::open(path).expect("a FIFO can be opened");
        drop(both);
        (run, reader)
    }

    #[test]
    fn a_reader_who_takes_nothing_holds_up_no_signal() {
        let env = env();
        let (run, reader) = stalled(&env, &[]);
        run.signal("INT");
        run.finish().exits(130).says("interrupted; only a part of the rows was written to `out`");
        drop(reader);
        assert!(env.read("report.json").contains("\"reason\":\"interrupted\""));
        env.bulk(&["in.csv", "-o", "out.csv"]).exits(0);
        env.assert_posts(1);
    }

    #[test]
    fn a_reader_who_takes_nothing_is_given_up_when_the_time_is_over() {
        let env = env();
        let (run, _reader) = stalled(&env, &["--timeout", "8s"]);
        run.finish()
            .exits(3)
            .says("the time of `--timeout` is over; only a part of the rows was written");
        assert!(env.read("report.json").contains("\"reason\":\"timeout\""));
    }

    #[test]
    fn a_reader_who_is_slow_gets_everything() {
        use std::io::Read;
        let env = env();
        let (run, mut reader) = stalled(&env, &[]);
        let mut rows = String::new();
        reader.read_to_string(&mut rows).expect("a FIFO can be read");
        run.finish().exits(0);
        assert_eq!(crate::support::rows::Rows::read(&rows).count("found"), 3000);
    }
}
