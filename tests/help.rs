//! Every page of the help as it is printed, in a terminal of 100 columns.
#![expect(clippy::unwrap_used, reason = "a test panics when something is missing")]

use clap::CommandFactory;
use enrow_phone::internal::Args;
use std::process::{Command, Output};

fn run(args: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_enrow-phone"));
    for name in [
        "CLICOLOR_FORCE",
        "ENROW_API_KEY",
        "ENROW_API_URL",
        "ENROW_PHONE_CONFIG_DIR",
        "ENROW_PHONE_DOUBT_WAIT",
        "ENROW_PHONE_LEDGER",
    ] {
        command.env_remove(name);
    }
    command.env("COLUMNS", "100").args(args).output().unwrap()
}

/// A page. What the binary is called differs between systems.
fn page(args: &[&str]) -> String {
    let output = run(args);
    assert!(output.status.success(), "{args:?}: {output:?}");
    assert!(output.stderr.is_empty(), "{args:?}: {output:?}");
    let text = String::from_utf8(output.stdout).unwrap();
    text.replace("enrow-phone.exe", "enrow-phone")
}

/// Every command that can be called.
fn commands() -> Vec<String> {
    let all = Args::command();
    let names = all.get_subcommands().map(|command| command.get_name().to_owned());
    names.collect()
}

#[test]
fn the_short_pages() {
    insta::assert_snapshot!("short", page(&["-h"]));
    for command in commands() {
        insta::assert_snapshot!(format!("{command}_short"), page(&[&command, "-h"]));
    }
}

#[test]
fn the_long_pages() {
    insta::assert_snapshot!("long", page(&["--help"]));
    for command in commands() {
        insta::assert_snapshot!(format!("{command}_long"), page(&[&command, "--help"]));
    }
}

#[test]
fn no_line_is_wider_than_the_terminal() {
    for command in commands() {
        for line in page(&[&command, "--help"]).lines() {
            assert!(line.chars().count() <= 120, "{command}: {line}");
        }
    }
}

#[test]
fn a_long_page_shows_examples_before_options() {
    for command in commands() {
        let page = page(&[&command, "--help"]);
        let (examples, options) = (page.find("Examples:\n"), page.find("Options:\n"));
        // There is but one way to log out.
        assert!(examples < options, "{command}");
        assert_eq!(examples.is_none(), command == "logout", "{command}");
    }
}

#[test]
fn every_option_is_explained() {
    let all = Args::command();
    let commands = all.get_subcommands().chain([&all]);
    for command in commands {
        for arg in command.get_arguments() {
            assert!(arg.get_help().is_some(), "{}: {}", command.get_name(), arg.get_id());
        }
    }
}

#[test]
fn a_typo_is_answered_with_what_was_meant() {
    for (args, meant) in [
        (&["bluk"][..], "bulk"),
        (&["bulk", "in.csv", "--max-credit", "1"], "--max-credits"),
        (&["bulk", "in.csv", "--dryrun"], "--dry-run"),
        (&["status", "--colour", "never"], "--color"),
    ] {
        let output = run(args);
        assert_eq!(output.status.code(), Some(2), "{args:?}");
        assert!(output.stdout.is_empty(), "{args:?}");
        let said = String::from_utf8(output.stderr).unwrap();
        assert!(said.contains(&format!("'{meant}'")), "{args:?}: {said}");
    }
}

#[test]
fn the_version_is_one_line() {
    let version = format!("enrow-phone {}\n", env!("CARGO_PKG_VERSION"));
    assert_eq!(page(&["--version"]), version);
}
