use crate::support::{Run, TestEnv};
use enrow_phone::sandbox::Settings;

fn enter(env: &TestEnv, key: &str) -> Run {
    env.command(["login"]).without_env("ENROW_API_KEY").stdin(key).run()
}

/// Without a key in the environment.
fn bare(env: &TestEnv, args: &[&str]) -> Run {
    env.command(args).without_env("ENROW_API_KEY").run()
}

#[test]
fn a_key_is_checked_kept_privately_used_and_removed() {
    let env = TestEnv::new(Settings { credits: 36_000, ..Settings::default() });
    bare(&env, &["account"]).exits(4).says("enrow-phone login");
    enter(&env, "  stored-key \n").exits(0).prints("").says("36,000 credits");
    let file = env.path("config/api-key");
    assert_eq!(std::fs::read_to_string(&file).unwrap(), "stored-key\n");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = |path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!((mode(file.clone()), mode(env.path("config"))), (0o600, 0o700));
    }
    bare(&env, &["account"]).exits(0);
    assert_eq!(env.last_key(), "stored-key");

    let run = bare(&env, &["logout"]);
    run.exits(0);
    assert!(run.stderr.contains("removed"), "{run:#?}");
    assert!(!file.exists());
    bare(&env, &["logout"]).exits(0).says("no key was kept");
    bare(&env, &["account"]).exits(4);
}

#[test]
fn a_refused_key_is_not_kept() {
    let env =
        TestEnv::new(Settings { refused_keys: vec!["bad".to_owned()], ..Settings::default() });
    enter(&env, "good").exits(0);
    let run = enter(&env, "bad");
    run.exits(4).says("nothing was kept");
    assert!(!run.stderr.contains("bad"), "{run:#?}");
    enter(&env, "").exits(4).says("no API key was entered");
    enter(&env, "two words").exits(4).says("this is not an API key").says("nothing was kept");
    let kept = std::fs::read_to_string(env.path("config/api-key")).unwrap();
    assert_eq!(kept, "good\n");
}

#[test]
fn a_flag_goes_before_the_environment_and_that_before_what_is_kept() {
    let env = TestEnv::new(Settings::default());
    enter(&env, "kept").exits(0);
    env.write("config/config.toml", "api-key-file = \"key-from-config\"\n");
    env.write("config/key-from-config", "from-config\n");
    env.write("key-from-flag", "from-flag\n");
    let used = |run: Run| {
        run.exits(0);
        env.last_key()
    };
    assert_eq!(used(bare(&env, &["account"])), "from-config");
    let with_environment = |args: &[&str]| env.command(args).key("from-environment").run();
    assert_eq!(used(with_environment(&["account"])), "from-environment");
    assert_eq!(
        used(with_environment(&["account", "--api-key-file", "key-from-flag"])),
        "from-flag"
    );
    std::fs::remove_file(env.path("config/config.toml")).unwrap();
    assert_eq!(used(bare(&env, &["account"])), "kept");
}

#[test]
fn login_names_a_key_that_has_precedence() {
    let env = TestEnv::new(Settings::default());
    let run = env.command(["login"]).stdin("another").run();
    run.exits(0).says("warning: the key from `ENROW_API_KEY` has precedence over it");
}

#[test]
fn a_file_without_a_key_is_named() {
    let env = TestEnv::new(Settings::default());
    env.run(["account", "--api-key-file", "none"])
        .exits(4)
        .says("cannot read the API key file `none`");
    env.write("key", "two words\n");
    env.run(["account", "--api-key-file", "key"])
        .exits(4)
        .says("the content of `key` is not an API key");
}

#[cfg(unix)]
#[test]
fn a_link_stays_and_the_file_that_it_leads_to_is_replaced() {
    use std::os::unix::fs::{PermissionsExt, symlink};
    let env = TestEnv::new(Settings::default());
    let (link, target) = (env.path("config/api-key"), env.write("secrets/key", "old\n"));
    std::fs::create_dir_all(env.path("config")).unwrap();
    symlink("../secrets/key", &link).unwrap();
    enter(&env, "new").exits(0);
    assert!(std::fs::symlink_metadata(&link).unwrap().is_symlink());
    assert_eq!(std::fs::read_to_string(&target).unwrap(), "new\n");
    assert_eq!(std::fs::metadata(&target).unwrap().permissions().mode() & 0o777, 0o600);
    // What is not a file is not replaced.
    std::fs::remove_file(&link).unwrap();
    symlink(env.path("secrets"), &link).unwrap();
    enter(&env, "new").exits(1).says("cannot write").says("nothing was kept");
    assert!(target.exists());
    // Only the link is removed, and that the key is still there is said.
    std::fs::remove_file(&link).unwrap();
    symlink(&target, &link).unwrap();
    bare(&env, &["logout"]).exits(0).says("the key itself is still in");
    assert!(target.exists());
    assert!(std::fs::symlink_metadata(&link).is_err());
}
