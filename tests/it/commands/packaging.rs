//! What packagers and shells take from the binary.

use crate::support::TestEnv;
use enrow_phone::sandbox::Settings;
use std::collections::BTreeSet;

#[test]
fn every_shell_gets_its_completions() {
    let env = TestEnv::new(Settings::default());
    for (shell, mark) in [
        ("bash", "complete -F _enrow__phone -o bashdefault"),
        ("elvish", "edit:completion:arg-completer[enrow-phone]"),
        ("fish", "complete -c enrow-phone"),
        ("powershell", "Register-ArgumentCompleter -Native -CommandName 'enrow-phone'"),
        ("zsh", "#compdef enrow-phone"),
    ] {
        let run = env.run(["completions", shell]);
        run.exits(0);
        assert!(run.stdout.contains(mark), "{shell}");
        assert!(run.stdout.contains("max-credits"), "{shell}");
        assert_eq!(run.stderr, "");
    }
    env.run(["completions", "tcsh"]).exits(2);
}

#[test]
fn bash_completes_what_follows_a_command() {
    let env = TestEnv::new(Settings::default());
    let script = env.run(["completions", "bash"]).exits(0).stdout.clone();
    let entered: BTreeSet<&str> = script
        .lines()
        .filter_map(|line| line.trim().strip_prefix("cmd=\"")?.strip_suffix('"'))
        .filter(|state| !state.is_empty())
        .collect();
    assert!(entered.len() > 10, "{script}");
    for state in entered {
        let handled = format!("        {state})");
        assert!(script.lines().any(|line| line == handled), "{state}");
    }
}

/// The lines of `completions --help` for a shell, pasted in a home where nothing is, and what the shell completes then.
#[cfg(unix)]
#[test]
fn completions_are_installed_in_a_fresh_home_as_the_help_says() {
    use crate::support::ours_in_path;
    let bash = r#"source ~/.local/share/bash-completion/completions/enrow-phone
        COMP_WORDS=(enrow-phone bulk in.csv --map lin) COMP_CWORD=4
        _enrow__phone enrow-phone lin --map; printf '%s\n' "${COMPREPLY[@]}""#;
    let fish = "complete -C 'enrow-phone bulk in.csv --map lin'";
    let zsh = "source ~/.zshrc; print -r -- $functions[_enrow-phone] $_comps[enrow-phone]; cat ~/.zfunc/_enrow-phone";
    for (shell, title, asks) in
        [("bash", "For bash", bash), ("fish", "For fish", fish), ("zsh", "For zsh", zsh)]
    {
        let env = TestEnv::new(Settings::default());
        let help = env.run(["completions", "--help"]).stdout;
        let (_, lines) = help.split_once(title).unwrap();
        let lines = lines.lines().skip(1).take_while(|line| line.starts_with("    "));
        let script = lines.map(str::trim).collect::<Vec<_>>().join("\n");
        if std::process::Command::new(shell).arg("--version").output().is_err() {
            assert_ne!(shell, "bash", "there is always bash");
            continue;
        }
        ours_in_path(&env, shell, &script).run().exits(0).prints("");
        let run = ours_in_path(&env, shell, asks).env("XDG_CONFIG_HOME", env.path(".config")).run();
        run.exits(0);
        assert!(run.stdout.contains("linkedin_url="), "{shell}: {run:?}");
    }
}

#[test]
fn every_command_has_a_manual_page() {
    let env = TestEnv::new(Settings::default());
    let folder = env.path("man/pages");
    env.run(["man".as_ref(), "--out".as_ref(), folder.as_os_str()]).exits(0).prints("");
    let pages: BTreeSet<String> = std::fs::read_dir(&folder)
        .unwrap()
        .map(|page| page.unwrap().file_name().into_string().unwrap())
        .collect();
    let help = env.run(["--help"]).stdout;
    let commands = help.split("Commands:\n").nth(1).unwrap();
    let commands = commands.lines().take_while(|line| !line.is_empty());
    let mut names = BTreeSet::from(["enrow-phone.1".to_owned()]);
    for line in commands.filter(|line| line.starts_with("  ") && !line.starts_with("   ")) {
        let name = line.split_whitespace().next().unwrap();
        if name != "help" {
            names.insert(format!("enrow-phone-{name}.1"));
        }
    }
    names.extend(["budget", "info", "move"].map(|name| format!("enrow-phone-ledger-{name}.1")));
    assert!(names.len() > 5, "{help}");
    assert_eq!(pages, names);
    let bulk = std::fs::read_to_string(folder.join("enrow-phone-bulk.1")).unwrap();
    assert!(bulk.contains("Examples:\n.nf\n  enrow\\-phone bulk"), "{bulk}");
    let page = env.run(["man"]).exits(0).stdout.clone();
    let written = std::fs::read_to_string(folder.join("enrow-phone.1")).unwrap();
    assert_eq!(page, written);
}

#[test]
fn a_folder_that_cannot_be_made_is_named() {
    let env = TestEnv::new(Settings::default());
    env.write("file", "");
    env.run(["man", "--out", "file/man"])
        .exits(1)
        .says("error: cannot write manual pages into `file/man`");
}

#[test]
fn a_file_that_is_no_manual_page_is_not_replaced() {
    let env = TestEnv::new(Settings::default());
    env.run(["man", "--out", "pages"]).exits(0);
    env.write("pages/enrow-phone-bulk.1", "my notes\n");
    std::fs::remove_file(env.path("pages/enrow-phone.1")).unwrap();
    env.run(["man", "--out", "pages"])
        .exits(1)
        .says("enrow-phone-bulk.1` is there and is no manual page")
        .says("nothing was written");
    assert_eq!(env.read("pages/enrow-phone-bulk.1"), "my notes\n");
    assert!(!env.path("pages/enrow-phone.1").exists());
}

#[cfg(unix)]
#[test]
fn a_manual_page_is_replaced_as_a_whole() {
    use std::os::unix::fs::MetadataExt;
    let env = TestEnv::new(Settings::default());
    env.run(["man", "--out", "pages"]).exits(0);
    let page = env.path("pages/enrow-phone.1");
    // A reader that has the old page open keeps it.
    let open = std::fs::File::open(&page).unwrap();
    env.run(["man", "--out", "pages"]).exits(0);
    assert_ne!(open.metadata().unwrap().ino(), std::fs::metadata(&page).unwrap().ino());
    let names = std::fs::read_dir(env.path("pages")).unwrap();
    assert!(
        names
            .map(|name| name.unwrap().file_name())
            .all(|name| name.to_string_lossy().ends_with(".1"))
    );
}
