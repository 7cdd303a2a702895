//! Several accounts on one machine.

use crate::support::people::{people_csv, people_csv_of};
use crate::support::{Run, TestEnv};
use enrow_phone::sandbox::Settings;
use serde_json::json;

fn login(env: &TestEnv, profile: &str, key: &str) -> Run {
    env.command(["login", "--profile", profile]).stdin(key).run()
}

/// Which key a run asks with is told by the sandbox. `ENROW_API_KEY` is set in all of these.
#[test]
fn a_profile_has_a_key_and_settings_of_its_own() {
    let env = TestEnv::new(Settings::default());
    login(&env, "acme", "key-of-acme").exits(0).says("config/api-key.acme");
    login(&env, "no/name", "key").exits(2).says("letters, digits, `-` and `_`");
    env.write(
        "config/config.toml",
        "max-credits = 40000\nlabel = \"ours\"\n[profile.acme]\nmax-credits = 100\n[profile.nord]\nledger = \"nord.db\"\n",
    );
    env.write("in.csv", people_csv(10));
    let run = env.bulk(&["in.csv", "-o", "out.csv", "--profile", "acme"]);
    run.exits(5).says("`--max-credits` was reached");
    assert_eq!(env.last_key(), "key-of-acme");
    let told = env.run(["status", "--json"]).json();
    assert_eq!(
        told["recent"][0]["label"], "ours",
        "what the section does not say is said above it"
    );
    // In the environment, too; and the option wins.
    let config = |call: crate::support::Call| call.run().exits(0).json();
    let setting = |told: &serde_json::Value, name: &str| {
        let settings = told["settings"].as_array().unwrap().iter();
        settings.clone().find(|setting| setting["name"] == name).unwrap()["value"].clone()
    };
    let told = config(env.command(["config", "--json"]).env("ENROW_PHONE_PROFILE", "acme"));
    assert_eq!(
        (setting(&told, "max-credits"), setting(&told, "profile")),
        (json!("100"), json!("acme"))
    );
    let both = env.command(["config", "--json", "--profile=nord"]);
    let told = config(both.env("ENROW_PHONE_PROFILE", "acme").without_env("ENROW_PHONE_LEDGER"));
    assert_eq!(setting(&told, "max-credits"), "40000");
    assert_eq!(setting(&told, "ledger"), env.path("config/nord.db").display().to_string());

    // A profile without a key never pays with another account.
    env.write("more.csv", people_csv_of(20..25));
    let posts = env.control().posts();
    let none = env.bulk(&["more.csv", "-o", "out.csv", "--profile", "nord"]);
    none.exits(4)
        .says("the profile `nord` has no API key")
        .says("enrow-phone login --profile nord");
    assert_eq!(env.control().posts(), posts);

    env.run(["logout", "--profile", "acme"]).exits(0).says("api-key.acme");
    env.run(["account", "--profile", "acme"]).exits(4);
    env.run(["account"]).exits(0);
}

#[test]
fn a_section_is_checked_as_the_file_is() {
    let env = TestEnv::new(Settings::default());
    for (text, why) in [
        ("[profile.acme]\nmax-credit = 1\n", "line 2: there is no setting `max-credit`"),
        ("[profile.acme]\nmax-credits = \"many\"\n", "line 2: `max-credits`: write a whole number"),
        ("profile = \"acme\"\n", "write a section for each profile"),
        ("[profile.\"a b\"]\n", "letters, digits"),
    ] {
        env.write("config/config.toml", text);
        env.run(["status"]).exits(2).says(why);
    }
}

#[test]
fn the_accounts_of_all_profiles_are_shown() {
    let refused_keys = vec!["old-key".to_owned()];
    let env = TestEnv::new(Settings { credits: 36_000, refused_keys, ..Settings::default() });
    login(&env, "acme", "key-of-acme").exits(0);
    env.write("config/api-key.nord", "old-key\n");
    env.write("config/config.toml", "[profile.west]\nmax-credits = 40\n");
    let run = env.run(["account", "--all", "--json"]);
    run.exits(4);
    let told = run.json();
    let profiles: Vec<_> = (0..4).map(|n| (&told[n]["profile"], &told[n]["credits"])).collect();
    let (acme, nord, west) = (json!("acme"), json!("nord"), json!("west"));
    let all = [
        (&json!(null), &json!(36_000)),
        (&acme, &json!(36_000)),
        (&nord, &json!(null)),
        (&west, &json!(null)),
    ];
    assert_eq!(profiles, all);
    let named = env.run(["--profile", "acme", "account", "--all", "--json"]).json();
    assert_eq!(named.as_array().unwrap().len(), all.len() - 1, "each once");
    let text = env.run(["account", "--all"]).stdout;
    assert!(text.lines().nth(2).unwrap().starts_with("acme     "), "{text}");
    assert!(text.contains("the profile `west` has no API key"), "{text}");
    env.run(["account", "--all", "--profile", "acme"]).exits(2);
}

#[test]
fn a_profile_that_nobody_made_is_named() {
    let env = TestEnv::new(Settings::default());
    let what = "there is no profile `nobody`";
    for command in ["config", "status", "usage"] {
        env.run([command, "--profile", "nobody"]).exits(0).says(what);
        env.command([command]).env("ENROW_PHONE_PROFILE", "nobody").run().exits(0).says(what);
    }
    env.run(["ledger", "info", "--profile", "nobody"]).exits(0).says(what);
    let run = env.run(["account", "--profile", "nobody"]);
    run.exits(4).says(what).says("enrow-phone login --profile nobody");
    login(&env, "nobody", "key").exits(0).does_not_say(what);
    env.run(["config", "--profile", "nobody"]).exits(0).does_not_say(what);
    env.write("config/config.toml", "[profile.nord]\nmax-credits = 40\n");
    env.run(["config", "--profile", "nord"]).exits(0).does_not_say("there is no profile");
}

#[test]
fn the_variable_is_named_where_it_is_in_the_way() {
    let env = TestEnv::new(Settings::default());
    let run = env.command(["account", "--all"]).env("ENROW_PHONE_PROFILE", "acme").run();
    run.exits(2).says("ENROW_PHONE_PROFILE").does_not_say("--profile");
    env.run(["account", "--all", "--profile", "acme"]).exits(2).says("--profile");
}
