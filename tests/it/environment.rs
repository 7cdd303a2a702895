//! Homes, variables, keys and proxies as they are on other people's machines.

use crate::support::people::profiles_csv;
use crate::support::{KEY, Run, TestEnv};
use enrow_phone::sandbox::Settings;
use std::fs;

fn env() -> TestEnv {
    let env = TestEnv::new(Settings::default());
    env.write("in.csv", profiles_csv(0..1));
    env
}

/// `account` with the key of a file.
fn with_key_file(env: &TestEnv, bytes: &[u8]) -> Run {
    env.write("key", bytes);
    env.command(["account", "--api-key-file", "key"]).without_env("ENROW_API_KEY").run()
}

#[test]
fn a_home_that_is_none_stops_nobody_who_needs_no_config() {
    let env = env();
    env.write("plain-file", "");
    let file = env.path("plain-file").display().to_string();
    let missing = env.path("missing").display().to_string();
    for home in ["/dev/null", &file, &missing, "", "relative"] {
        for name in ["HOME", "XDG_CONFIG_HOME"] {
            let call = env.bulk_command(&["in.csv", "-o", "out.csv"]);
            call.without_env("ENROW_PHONE_CONFIG_DIR").env(name, home).run().exits(0);
        }
        let call = env.bulk_command(&["in.csv", "-o", "out.csv"]);
        call.env("ENROW_PHONE_CONFIG_DIR", home).run().exits(0);
    }
    env.assert_posts(1);
    assert!(!env.path("missing").exists() && !env.path("relative").exists());
}

#[test]
fn a_home_that_depends_on_the_folder_keeps_no_ledger() {
    let env = env();
    let call = env.bulk_command(&["in.csv", "-o", "out.csv"]).without_env("ENROW_PHONE_LEDGER");
    call.without_env("XDG_STATE_HOME").env("HOME", "relative").run().exits(1).says(
        "there is no home folder to keep the ledger in: `HOME` is not set, or is not an absolute path",
    );
    let call = env.bulk_command(&["in.csv", "-o", "out.csv"]).ledger("ledger.db");
    call.run()
        .exits(2)
        .says("`ENROW_PHONE_LEDGER` names `ledger.db`, which is another file in each folder");
    assert!(!env.path("relative").exists() && !env.path("ledger.db").exists());
    assert_eq!(env.control().requests(), []);
}

#[test]
fn a_key_is_read_as_people_and_shells_write_it() {
    let env = env();
    let utf16 =
        |text: &str| -> Vec<u8> { text.encode_utf16().flat_map(u16::to_le_bytes).collect() };
    for bytes in [
        format!("{KEY}\r\n").into_bytes(),
        format!("\u{feff}{KEY}\n").into_bytes(),
        utf16(&format!("\u{feff}{KEY}\r\n")),
        utf16(KEY),
        format!("\"{KEY}\"\n").into_bytes(),
        format!("# for enrow\nexport ENROW_API_KEY='{KEY}'\nOTHER=x\n").into_bytes(),
    ] {
        with_key_file(&env, &bytes).exits(0);
        assert_eq!(env.last_key(), KEY, "{bytes:?}");
    }
}

#[test]
fn what_is_no_key_says_why_and_is_not_shown() {
    let env = env();
    let long = "s".repeat(50_000);
    for (bytes, why) in [
        (&b"\n"[..], "is empty"),
        (b"secret one\n", "has more than one word or line"),
        (b"secret\nOTHER=secret\n", "has more than one word or line"),
        (b"secret\xff\n", "has a character that no API key has"),
        ("secret\u{200b}".as_bytes(), "has a character that no API key has"),
        (long.as_bytes(), "is longer than any API key"),
    ] {
        let run = with_key_file(&env, bytes);
        run.exits(4).says(&format!("the content of `key` is not an API key: it {why}"));
        run.does_not_say("secret");
    }
    assert_eq!(env.control().requests(), []);
}

#[test]
fn a_malformed_proxy_is_refused_and_its_password_not_shown() {
    let env = env();
    for (name, value) in [
        ("HTTPS_PROXY", "http//user:secret@proxy:3128"),
        ("all_proxy", "socks5://user:secret@proxy"),
    ] {
        let call = env.bulk_command(&["in.csv", "-o", "out.csv", "--timeout", "20s"]);
        let run = call.env("ENROW_API_URL", "https://enrow.invalid").env(name, value).run();
        run.exits(2).says(&format!("`{name}` is not the address of a proxy that can be used"));
        run.does_not_say("secret");
    }
    // A sandbox is reached without any.
    env.bulk_command(&["in.csv", "-o", "out.csv"]).env("HTTPS_PROXY", "//").run().exits(0);
}

#[test]
fn the_address_of_a_server_is_never_taken_for_a_file() {
    let env = env();
    for address in [
        "mysql://u:secret@db.example/x",
        "host=db.example user=u password=secret",
        "sqlite:///x.db",
        " postgres://u:secret@db.example/x?sslmode=odd",
    ] {
        let flag = env.run(["bulk", "in.csv", "-o", "out.csv", "--ledger", address]);
        env.write("config/config.toml", format!("ledger = \"{address}\"\n"));
        let config = env.command(["status"]).without_env("ENROW_PHONE_LEDGER").run();
        std::fs::remove_file(env.path("config/config.toml")).unwrap();
        let variable = env.bulk_command(&["in.csv", "-o", "out.csv"]).ledger(address).run();
        for run in [flag, config, variable] {
            run.exits(2).says("the address of the ledger cannot be used").does_not_say("secret");
        }
    }
    // Only a `~` at the start of a word is the home folder.
    env.run(["bulk", "in.csv", "-o", "out.csv", "--ledger=~/ledger.db"])
        .exits(2)
        .says("`--ledger` names `~/ledger.db`, which is another file in each folder");
    let made = std::fs::read_dir(env.folder()).unwrap().flatten().map(|entry| entry.file_name());
    let odd = made.filter(|name| name.to_string_lossy().contains([':', '=', '~'])).count();
    assert_eq!((odd, env.control().requests().len()), (0, 0));
}

#[test]
fn an_address_of_the_api_that_cannot_be_used_is_not_shown() {
    let env = env();
    for address in ["https://u:secret@enrow.example", "https://enrow.example/?key=secret", "secret"]
    {
        let run = env.command(["status"]).env("ENROW_API_URL", address).run();
        run.exits(2).says("for 'ENROW_API_URL': ").does_not_say("secret").does_not_say("--api-url");
    }
}

#[test]
fn an_api_elsewhere_is_named() {
    let env = env();
    let said = format!("Enrow is asked at {}, not at https://api.enrow.io", env.url());
    env.bulk(&["in.csv", "-o", "out.csv"]).exits(0).says(&said);
    env.command(["login"]).stdin("key").run().exits(0).says(&said);
    // No config file can move it.
    env.write("config/config.toml", "api-url = \"https://enrow.invalid\"\n");
    env.bulk(&["in.csv", "-o", "out.csv"]).exits(2).says("there is no setting `api-url`");
}

#[test]
fn a_name_in_the_config_file_that_may_be_a_secret_is_not_shown() {
    let env = env();
    for text in
        ["sk-secret-1 = 1\n", "secretsecretsecretsecretsecretsecret = 1\n", "\"secret key\" = 1\n"]
    {
        env.write("config/config.toml", text);
        let run = env.run(["status"]);
        run.exits(2).says("line 1: there is no setting of this name").does_not_say("secret");
    }
    let utf16: Vec<u8> =
        "\u{feff}batch-size = 1\r\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
    env.write("config/config.toml", utf16);
    let told = env.run(["config"]);
    assert!(told.exits(0).stdout.contains("batch-size       1 "), "{told:?}");
}

/// Lets a run go on until it says this, and ends it.
fn says_while_waiting(faults: &str, args: &[&str], words: &[&str]) {
    let env = TestEnv::with_faults(faults);
    env.write("in.csv", profiles_csv(0..1));
    let run = env.spawn(args);
    for words in words {
        run.wait_for_message(words);
    }
}

#[test]
fn a_wait_says_what_for_and_how_long() {
    let bulk = ["bulk", "in.csv", "-o", "out.csv"];
    let find = ["find", "linkedin.com/in/ada-example"];
    let slow_down = "waiting for Enrow: Enrow asks to slow down (429), 0:";
    crate::support::side_by_side(
        [
            ("post:1=429/20", &bulk[..], &[slow_down][..]),
            ("post:1=429/20", &find, &[slow_down]),
            ("post:1=hang", &bulk, &["waiting for Enrow to take a batch"]),
            // Before anything is sent: the first answer is slow, and then one does not come.
            ("account:1=slow/3s", &bulk, &["waiting for the balance"]),
            ("account:1=slow/3s", &bulk[..2], &["waiting for the balance"]),
            ("account=503", &bulk, &["waiting for Enrow: 503: "]),
            ("account=503", &find, &["waiting for Enrow: 503: "]),
            ("account:1=slow/3s", &["account"], &["waiting for Enrow\n"]),
            ("account=503", &["account"], &["waiting for Enrow: 503: ", ", again in "]),
            ("account:1=slow/3s", &["bulk", "in.csv", "--dry-run"], &["waiting for the balance"]),
        ],
        |(faults, args, words)| says_while_waiting(faults, args, words),
    );
}

#[test]
fn a_batch_that_is_fetched_and_a_list_that_does_not_end_are_waited_for_aloud() {
    let env =
        TestEnv::new(Settings { pace: enrow_phone::sandbox::Pace::Held, ..Settings::default() });
    env.write("in.csv", profiles_csv(0..1));
    env.bulk(&["in.csv", "-o", "out.csv", "--detach"]).exits(0);
    let id = env.control().batches()[0].id.clone();
    env.spawn(["fetch", &id]).wait_for_message("waiting for answers: 0 of 1");
    #[cfg(unix)]
    {
        crate::files::fifo::fifo(&env, "pipe");
        env.spawn_bulk(&["pipe"]).wait_for_message("waiting for the end of pipe");
    }
}

#[test]
fn no_network_is_said_within_a_second_or_two() {
    let env = env();
    // Nobody listens there; the ledger is another one, for another API.
    let call =
        env.bulk_command(&["in.csv", "-o", "out.csv"]).env("ENROW_API_URL", "http://127.0.0.1:9");
    let run = call.spawn();
    run.wait_for_message("waiting for Enrow: ");
}

#[test]
fn another_run_with_the_same_people_is_named() {
    let env =
        TestEnv::new(Settings { pace: enrow_phone::sandbox::Pace::Held, ..Settings::default() });
    env.write("in.csv", profiles_csv(0..1));
    let _first = env.spawn_bulk(&["in.csv", "-o", "first.csv"]);
    env.wait_until(|control| control.polls() > 0);
    let second = env.spawn_bulk(&["in.csv", "-o", "second.csv"]);
    second.wait_for_message("waiting for another run, which searches for the same people");
    // Somebody holds the ledger for writing.
    let holder = rusqlite::Connection::open(env.ledger()).unwrap();
    holder.execute_batch("BEGIN IMMEDIATE").unwrap();
    second.wait_for_message("waiting for the ledger, which another run or program writes");
}

#[cfg(unix)]
mod unix {
    use super::*;
    use crate::support::Call;

    #[test]
    fn a_key_from_a_pipe_is_read_once() {
        let env = env();
        for command in ["bulk", "account"] {
            let script = format!("printf '%s\\n' {KEY} | \"$0\" \"$@\" --api-key-file /dev/stdin");
            let args = if command == "bulk" {
                &["bulk", "in.csv", "-o", "out.csv"][..]
            } else {
                &["account"]
            };
            Call::through_shell(&env, &script, args).without_env("ENROW_API_KEY").run().exits(0);
        }
    }

    #[test]
    fn a_key_that_does_not_come_is_named_and_the_run_can_be_interrupted() {
        let env = env();
        crate::files::fifo::fifo(&env, "pipe");
        let run = env.spawn_bulk(&["in.csv", "-o", "out.csv", "--api-key-file", "pipe"]);
        run.wait_for_message("waiting for the API key in `pipe`");
        run.signal("INT");
        run.finish().exits(130).says("nothing was sent");
    }

    #[test]
    fn a_key_that_others_can_read_is_warned_about() {
        let env = env();
        with_key_file(&env, KEY.as_bytes()).exits(0);
        env.set_mode("key", 0o640);
        let call =
            || env.command(["account", "--api-key-file", "key"]).without_env("ENROW_API_KEY");
        call()
            .run()
            .says("warning: other users can read or change `key`, which holds your API key");
        env.set_mode("key", 0o600);
        call().run().does_not_say("warning");
        env.command(["login"])
            .without_env("ENROW_API_KEY")
            .stdin(KEY)
            .run()
            .does_not_say("warning");
        env.set_mode("config", 0o755);
        let stored = env.command(["account"]).without_env("ENROW_API_KEY").run();
        let hint = format!("hint: `chmod 700 {}`\n", env.path("config").display());
        stored.exits(0).says(&hint).does_not_say("chmod 600");
    }

    #[test]
    fn a_config_file_of_anothers_home_is_said_and_not_needed() {
        let env = env();
        env.write("home/.config/enrow-phone/config.toml", "batch-size = 1\n");
        env.set_mode("home/.config/enrow-phone", 0o000);
        if fs::read_dir(env.path("home/.config/enrow-phone")).is_ok() {
            // Root may do everything; this is tried by hand as another user.
            return;
        }
        let call = env.bulk_command(&["in.csv", "-o", "out.csv"]);
        let call = call.without_env("ENROW_PHONE_CONFIG_DIR").env("HOME", env.path("home"));
        call.run().exits(0).says("warning: no config file is used: cannot read `");
        env.set_mode("home/.config/enrow-phone", 0o700);
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn no_core_dump_holds_a_key() {
        let env = TestEnv::new(Settings {
            pace: enrow_phone::sandbox::Pace::Held,
            ..Settings::default()
        });
        env.write("in.csv", profiles_csv(0..1));
        let run = env.spawn_bulk(&["in.csv", "-o", "out.csv"]);
        env.wait_until(|control| control.polls() > 0);
        let limits = fs::read_to_string(format!("/proc/{}/limits", run.id())).unwrap();
        let core = limits.lines().find(|line| line.starts_with("Max core file size")).unwrap();
        assert_eq!(core.split_whitespace().skip(4).take(2).collect::<Vec<_>>(), ["0", "0"]);
        // What may not be dumped belongs to root.
        let owner = std::os::unix::fs::MetadataExt::uid(
            &fs::metadata(format!("/proc/{}/fd", run.id())).unwrap(),
        );
        assert_eq!(owner, 0);
    }

    #[test]
    fn what_is_thrown_away_is_private_whatever_the_umask() {
        for umask in ["000", "777"] {
            let env = env();
            let tmp = env.path("tmp");
            fs::create_dir(&tmp).expect("a folder can be made");
            // Where there is no ledger, a plan makes one for itself.
            let script = format!("umask {umask}; exec \"$0\" \"$@\"");
            let run = Call::through_shell(&env, &script, &["bulk", "in.csv", "--dry-run"]);
            run.env("TMPDIR", &tmp).run().exits(0);
            assert_eq!(fs::read_dir(&tmp).expect("it can be read").count(), 0);
        }
    }

    #[test]
    fn what_was_told_to_outlive_its_terminal_does() {
        let env = TestEnv::new(Settings {
            pace: enrow_phone::sandbox::Pace::Held,
            ..Settings::default()
        });
        env.write("in.csv", profiles_csv(0..1));
        let script = "trap '' HUP; exec \"$0\" \"$@\"";
        let run = Call::through_shell(&env, script, &["bulk", "in.csv", "-o", "out.csv"]).spawn();
        env.wait_until(|control| control.polls() > 0);
        run.signal("HUP");
        env.control().release();
        run.finish().exits(0);
    }
}
