use crate::desk::{Desk, Ran};
use enrow_phone::sandbox::{Keys, Settings};

fn enter(desk: &Desk, key: &str) -> Ran {
    let mut command = desk.command();
    Ran::with_input(command.env_remove("ENROW_API_KEY").arg("login"), key)
}

/// Without a key in the environment.
fn bare(desk: &Desk, args: &[&str]) -> Ran {
    let mut command = desk.command();
    let output = command.env_remove("ENROW_API_KEY").args(args).output();
    Ran::of(output.unwrap())
}

#[test]
fn a_key_is_checked_kept_privately_used_and_removed() {
    let desk = Desk::new(Settings { credits: 36_000, ..Settings::default() });
    bare(&desk, &["account"]).exits(4).says("enrow-phone login");
    enter(&desk, "  stored-key \n").exits(0).prints("").says("36,000 credits");
    let file = desk.path("config/api-key");
    assert_eq!(std::fs::read_to_string(&file).unwrap(), "stored-key\n");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = |path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!((mode(file.clone()), mode(desk.path("config"))), (0o600, 0o700));
    }
    bare(&desk, &["account"]).exits(0);
    assert!(desk.control().key("stored-key").is_some());

    let ran = bare(&desk, &["logout"]).exits(0);
    assert!(ran.stderr.contains("removed"), "{ran:#?}");
    assert!(!file.exists());
    bare(&desk, &["logout"]).exits(0).says("no key was kept");
    bare(&desk, &["account"]).exits(4);
}

#[test]
fn a_refused_key_is_not_kept() {
    let desk = Desk::new(Settings {
        keys: Keys { refused: vec!["bad".to_owned()], ..Keys::default() },
        ..Settings::default()
    });
    enter(&desk, "good").exits(0);
    let ran = enter(&desk, "bad").exits(4).says("nothing was kept");
    assert!(!ran.stderr.contains("bad"), "{ran:#?}");
    enter(&desk, "").exits(4).says("no API key was entered");
    enter(&desk, "two words").exits(4).says("what was entered is not an API key");
    let kept = std::fs::read_to_string(desk.path("config/api-key")).unwrap();
    assert_eq!(kept, "good\n");
}

#[test]
fn a_flag_goes_before_the_environment_and_that_before_what_is_kept() {
    let desk = Desk::new(Settings::default());
    enter(&desk, "kept").exits(0);
    desk.write("config/config.toml", "api-key-file = \"key-from-config\"\n");
    desk.write("config/key-from-config", "from-config\n");
    desk.write("key-from-flag", "from-flag\n");
    let used = |run: Ran| {
        run.exits(0);
        let control = desk.control();
        let last = control.requests().last().unwrap().key;
        let known = ["kept", "from-config", "from-environment", "from-flag"];
        *known.iter().find(|key| control.key(key) == last).unwrap()
    };
    assert_eq!(used(bare(&desk, &["account"])), "from-config");
    let with_environment = |args: &[&str]| {
        let mut command = desk.command();
        command.env("ENROW_API_KEY", "from-environment").args(args);
        Ran::of(command.output().unwrap())
    };
    assert_eq!(used(with_environment(&["account"])), "from-environment");
    assert_eq!(
        used(with_environment(&["account", "--api-key-file", "key-from-flag"])),
        "from-flag"
    );
    std::fs::remove_file(desk.path("config/config.toml")).unwrap();
    assert_eq!(used(bare(&desk, &["account"])), "kept");
}

#[test]
fn whoever_logs_in_is_told_of_a_key_that_goes_before_it() {
    let desk = Desk::new(Settings::default());
    let mut command = desk.command();
    Ran::with_input(command.arg("login"), "another")
        .exits(0)
        .says("warning: the key from `ENROW_API_KEY` goes before it");
}

#[test]
fn a_file_without_a_key_is_named() {
    let desk = Desk::new(Settings::default());
    desk.run(["account", "--api-key-file", "none"])
        .exits(4)
        .says("cannot read the API key file `none`");
    desk.write("key", "two words\n");
    desk.run(["account", "--api-key-file", "key"])
        .exits(4)
        .says("what `key` holds is not an API key");
}
