//! Every page of the help as it is printed, in a terminal of 100 columns.

use crate::support::{Call, Run, TestEnv};
use clap::{CommandFactory, Parser};
use enrow_phone::internal::Args;
use enrow_phone::sandbox::Settings;

/// Nothing of the environment stands in a page.
fn run(args: &[&str]) -> Run {
    let env = TestEnv::new(Settings::default());
    let names = ["API_KEY", "API_URL", "PHONE_CONFIG_DIR", "PHONE_DOUBT_WAIT", "PHONE_LEDGER"];
    let bare = |call: Call, name: &&str| call.without_env(&format!("ENROW_{name}"));
    names.iter().fold(env.command(args).env("COLUMNS", "100"), bare).run()
}

/// A page. What the binary is called differs between systems.
fn page(args: &[&str]) -> String {
    let run = run(args);
    run.exits(0);
    assert!(run.stderr.is_empty(), "{args:?}: {run:?}");
    run.stdout.replace("enrow-phone.exe", "enrow-phone")
}

/// Every command that can be called.
fn commands() -> Vec<String> {
    let all = Args::command();
    let mut names = Vec::new();
    for command in all.get_subcommands() {
        names.push(command.get_name().to_owned());
        let within = command.get_subcommands();
        names.extend(within.map(|inner| format!("{} {}", command.get_name(), inner.get_name())));
    }
    names
}

/// The page of a command, which may be one of another.
fn page_of(command: &str, option: &str) -> String {
    let words: Vec<&str> = command.split(' ').chain([option]).collect();
    page(&words)
}

fn snapshot(command: &str, length: &str) -> String {
    format!("{}_{length}", command.replace(' ', "_"))
}

fn compare(name: &str, page: &str) {
    insta::with_settings!({omit_expression => true, prepend_module_to_snapshot => false, snapshot_path => "snapshots/help"}, {
        insta::assert_snapshot!(name, page);
    });
}

#[test]
fn the_short_pages() {
    compare("short", &page(&["-h"]));
    for command in commands() {
        compare(&snapshot(&command, "short"), &page_of(&command, "-h"));
    }
}

#[test]
fn the_long_pages() {
    compare("long", &page(&["--help"]));
    for command in commands() {
        compare(&snapshot(&command, "long"), &page_of(&command, "--help"));
    }
}

#[test]
fn no_line_is_wider_than_the_terminal() {
    for command in commands() {
        for line in page_of(&command, "--help").lines() {
            assert!(line.chars().count() <= 120, "{command}: {line}");
        }
    }
}

#[test]
fn a_long_page_shows_examples_before_options() {
    for command in commands() {
        let page = page_of(&command, "--help");
        let (examples, options) = (page.find("Examples:\n"), page.find("Options:\n"));
        // There is but one way to log out.
        assert!(examples < options, "{command}");
        assert_eq!(examples.is_none(), command == "logout", "{command}");
    }
}

#[test]
fn every_option_is_explained() {
    let all = Args::command();
    let within = all.get_subcommands().flat_map(clap::Command::get_subcommands);
    let commands = all.get_subcommands().chain([&all]).chain(within);
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
        let run = run(args);
        run.exits(2).prints("").says(&format!("'{meant}'"));
    }
    run(&["bulk", "a.csv", "b.csv", "-o", "out.csv"]).exits(2).says("one list a run: `");
    run(&["bulk", "a.csv", "--limt", "3"]).exits(2).does_not_say("one list a run");
}

#[test]
fn the_version_is_one_line() {
    let version = format!("enrow-phone {}\n", env!("CARGO_PKG_VERSION"));
    assert_eq!(page(&["--version"]), version);
}

/// What a page shows can be pasted: no comment behind it, and the parser takes it.
#[test]
fn every_example_is_a_command_that_works() {
    let mut seen = 0;
    for command in commands().iter().map(String::as_str).chain([""]) {
        let page = if command.is_empty() { page(&["--help"]) } else { page_of(command, "--help") };
        let Some((_, examples)) = page.split_once("Examples:\n") else { continue };
        let examples = examples.lines().take_while(|line| !line.is_empty());
        for line in examples.filter(|line| line.contains("enrow-phone ")) {
            assert!(!line.contains('#'), "{line}");
            for call in line.split('|').filter_map(|part| part.split_once("enrow-phone ")) {
                let call = call.1.split(['<', '>', '&', ')']).next().unwrap_or_default();
                let words = call.split_whitespace().map(|word| word.trim_matches('"'));
                let words =
                    words.map(|word| if word.starts_with('$') { "ada-example" } else { word });
                if let Err(error) = Args::try_parse_from(["enrow-phone"].into_iter().chain(words)) {
                    panic!("{line}: {error}");
                }
                seen += 1;
            }
        }
    }
    assert!(seen > 25, "{seen}");
}
