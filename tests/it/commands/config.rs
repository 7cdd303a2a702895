use crate::support::TestEnv;
use crate::support::people::profiles_csv;
use enrow_phone::sandbox::Settings;
use serde_json::{Value, json};

fn setting(told: &Value, name: &str) -> (Value, Value) {
    let settings = told["settings"].as_array().unwrap();
    let setting = settings.iter().find(|setting| setting["name"] == name);
    let setting = setting.unwrap_or_else(|| panic!("{name}: {told}"));
    (setting["value"].clone(), setting["from"].clone())
}

#[test]
fn every_setting_tells_where_it_comes_from() {
    let env = TestEnv::new(Settings::default());
    let told = env.run(["config", "--json"]).exits(0).json();
    assert_eq!(told["config_file_exists"], false);
    assert_eq!(setting(&told, "batch-size"), (json!("3000"), json!("default")));
    assert_eq!(setting(&told, "ledger").1, "environment");
    assert_eq!(setting(&told, "api-key").1, "environment");
    assert_eq!(setting(&told, "api-url").1, "environment");
    assert_eq!(setting(&told, "max-credits"), (json!(null), json!("default")));

    env.write(
        "config/config.toml",
        "batch-size = 100\nmax-credits = \"40,000\"\nledger = \"ours.db\"\ndelimiter = \"tab\"\n",
    );
    let bare = env.command(["config", "--json"]).without_env("ENROW_PHONE_LEDGER");
    let told = bare.without_env("ENROW_API_KEY").run().exits(0).json();
    assert_eq!(told["config_file_exists"], true);
    assert_eq!(setting(&told, "batch-size"), (json!("100"), json!("config file")));
    assert_eq!(setting(&told, "max-credits"), (json!("40,000"), json!("config file")));
    let ours = env.path("config").join("ours.db").display().to_string();
    assert_eq!(setting(&told, "ledger"), (json!(ours), json!("config file")));
    assert_eq!(setting(&told, "api-key"), (json!(null), json!("default")));

    let told = env.run(["config", "--json", "--ledger", "flag.db"]).json();
    assert_eq!(setting(&told, "ledger"), (json!("flag.db"), json!("flag")));

    let text = env.run(["config"]).exits(0).stdout.clone();
    assert!(text.contains("batch-size       100"), "{text}");
    assert!(!text.contains("key\""), "{text}");
}

#[test]
fn the_config_file_holds_for_every_run_that_says_nothing_else() {
    let env = TestEnv::new(Settings::default());
    env.write("config/config.toml", "batch-size = 2\n");
    env.write("in.csv", profiles_csv(0..4));
    env.run(["bulk", "in.csv", "-o", "out.csv"]).exits(0);
    assert_eq!(env.control().posts(), 2);
    env.write("more.csv", profiles_csv(4..8));
    env.run(["bulk", "more.csv", "-o", "out.csv", "--batch-size", "4"]).exits(0);
    assert_eq!(env.control().posts(), 3);

    env.write("config/config.toml", "max-credits = 79\ntimeout = \"1h\"\n");
    env.write("most.csv", profiles_csv(8..12));
    env.run(["bulk", "most.csv", "-o", "out.csv"]).exits(5);
    let reserved: usize = env.control().batches()[3..].iter().map(|b| b.requested).sum();
    assert!(reserved < 4, "{reserved}");
}

#[test]
fn the_ledger_of_the_config_file_is_the_one_that_is_used() {
    let env = TestEnv::new(Settings::default());
    env.write("config/config.toml", "ledger = \"deep/ours.db\"\n");
    env.command(["account"]).without_env("ENROW_PHONE_LEDGER").run().exits(0);
    let ours = env.path("config").join("deep/ours.db");
    assert!(ours.exists());
}

#[test]
fn what_is_in_force_is_told_with_flags_and_with_what_is_wrong() {
    let env = TestEnv::new(Settings::default());
    env.write(
        "config/config.toml",
        "api-key-file = \"gone\"\ncolor = \"never\"\nrequest-timeout = \"1m\"\n",
    );
    let command = env.command(["config", "--json", "--color=always", "--doubt-wait=7s"]);
    let told = command.without_env("ENROW_API_KEY").run().exits(0).json();
    for (name, value, from) in [
        ("color", json!("always"), "flag"),
        ("request-timeout", json!("1m"), "config file"),
        ("progress", json!("auto"), "default"),
        ("doubt-wait", json!("7s"), "flag"),
        ("api-key", Value::Null, "config file"),
    ] {
        assert_eq!(setting(&told, name), (value, from.into()), "{name}");
    }
    let problem = told["settings"][0]["problem"].as_str().unwrap();
    assert!(problem.contains("cannot read the API key file"), "{problem}");
}

#[test]
fn a_broken_config_file_is_in_nobodys_way_who_needs_none() {
    let env = TestEnv::new(Settings::default());
    env.write("config/config.toml", "nonsense = 1\n");
    for args in [&["completions", "bash"][..], &["man"], &["logout"]] {
        env.run(args).exits(0);
    }
    env.run(["status"]).exits(2);
}

#[test]
fn a_config_file_that_cannot_be_used_says_why() {
    let env = TestEnv::new(Settings::default());
    for (text, part) in [
        ("batchsize = 1\n", "there is no setting `batchsize`\nhint: did you mean `batch-size`?"),
        ("zzz = 1\n", "hint: the settings are `anonymous-runs`, `api-key-file`"),
        (
            "\n# ours\nbatch-size = 4000\n",
            "config.toml`, line 3: `batch-size`: a batch has 1 to 3,000 searches",
        ),
        (
            "webhook = \"http://hooks.example\"\n",
            "`webhook`: Enrow notifies `https` addresses only",
        ),
        ("timeout = true\n", "line 1: `timeout`: the value must be a text or a whole number"),
        (
            "color = \"pink\"\n",
            "line 1: `color`: the value must be one of `always`, `auto`, `never`",
        ),
        ("color = \"auto\"\n = 3\n", "config.toml`, line 2, column 2: "),
    ] {
        env.write("config/config.toml", text);
        env.run(["bulk", "in.csv"]).exits(2).prints("").says(part);
    }
    assert_eq!(env.control().requests(), []);
}

#[test]
fn a_broken_config_file_is_not_quoted() {
    let env = TestEnv::new(Settings::default());
    for text in [
        "webhook = secret-value\n", "api-key-file = \"secret-value\n",
        "batch-size = \"secret-value\"\n", "webhook = [\"secret-value\"]\n",
        "timeout = \"secret-value\"\n", "secret-value\n",
    ] {
        env.write("config/config.toml", text);
        let ran = env.run(["status"]);
        ran.exits(2).prints("").says("config.toml`, line 1");
        assert!(!ran.stderr.contains("secret"), "{text}: {ran:?}");
    }
}

#[test]
fn a_flag_that_equals_its_variable_is_a_flag() {
    let env = TestEnv::new(Settings::default());
    let told = env.run(["config", "--json"]).exits(0).json();
    assert_eq!(setting(&told, "doubt-wait").1, "environment");
    let told = env.run(["config", "--json", "--doubt-wait=0s"]).exits(0).json();
    assert_eq!(setting(&told, "doubt-wait"), (json!("0s"), json!("flag")));
    let told = env.command(["config", "--json"]).env("ENROW_PHONE_LEDGER", "").run().json();
    assert_eq!(setting(&told, "ledger").1, "default");
}

#[test]
fn the_sandbox_never_uses_the_ledger_of_the_config_file() {
    let env = TestEnv::new(Settings::default());
    env.write("config/config.toml", "ledger = \"ours.db\"\nlog-format = \"json\"\n");
    env.write("in.csv", profiles_csv(0..2));
    let bulk = env.command(["bulk", "in.csv", "-o", "out.csv", "--sandbox"]);
    bulk.without_env("ENROW_PHONE_LEDGER").run().exits(0);
    assert!(!env.path("config").join("ours.db").exists());
    let ran = env.run(["bulk", "in.csv", "--limit", "x"]);
    ran.exits(2);
    assert!(ran.stderr.starts_with("{\"timestamp\":"), "{ran:?}");
}
