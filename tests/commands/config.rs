use crate::desk::{Desk, Ran, sheet};
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
    let desk = Desk::new(Settings::default());
    let told = desk.run(["config", "--json"]).exits(0).json();
    assert_eq!(told["config_file_exists"], false);
    assert_eq!(setting(&told, "batch-size"), (json!("3000"), json!("default")));
    assert_eq!(setting(&told, "ledger").1, "environment");
    assert_eq!(setting(&told, "api-key").1, "environment");
    assert_eq!(setting(&told, "api-url").1, "environment");
    assert_eq!(setting(&told, "max-credits"), (json!(null), json!("default")));

    desk.write(
        "config/config.toml",
        "batch-size = 100\nmax-credits = \"40,000\"\nledger = \"ours.db\"\ndelimiter = \"tab\"\n",
    );
    let mut command = desk.command();
    command.env_remove("ENROW_PHONE_LEDGER").env_remove("ENROW_API_KEY");
    let told = Ran::of(command.args(["config", "--json"]).output().unwrap());
    let told = told.exits(0).json();
    assert_eq!(told["config_file_exists"], true);
    assert_eq!(setting(&told, "batch-size"), (json!("100"), json!("config file")));
    assert_eq!(setting(&told, "max-credits"), (json!("40,000"), json!("config file")));
    let ours = desk.path("config").join("ours.db").display().to_string();
    assert_eq!(setting(&told, "ledger"), (json!(ours), json!("config file")));
    assert_eq!(setting(&told, "api-key"), (json!(null), json!("default")));

    let told = desk.run(["config", "--json", "--ledger", "flag.db"]).json();
    assert_eq!(setting(&told, "ledger"), (json!("flag.db"), json!("flag")));

    let text = desk.run(["config"]).exits(0).stdout;
    assert!(text.contains("batch-size       100"), "{text}");
    assert!(!text.contains("key\""), "{text}");
}

#[test]
fn the_config_file_holds_for_every_run_that_says_nothing_else() {
    let desk = Desk::new(Settings::default());
    desk.write("config/config.toml", "batch-size = 2\n");
    desk.write("in.csv", &sheet(0..4));
    desk.run(["bulk", "in.csv", "-o", "out.csv"]).exits(0);
    assert_eq!(desk.control().posts(), 2);
    desk.write("more.csv", &sheet(4..8));
    desk.run(["bulk", "more.csv", "-o", "out.csv", "--batch-size", "4"]).exits(0);
    assert_eq!(desk.control().posts(), 3);

    desk.write("config/config.toml", "max-credits = 79\ntimeout = \"1h\"\n");
    desk.write("most.csv", &sheet(8..12));
    desk.run(["bulk", "most.csv", "-o", "out.csv"]).exits(5);
    let reserved: usize = desk.control().batches()[3..].iter().map(|b| b.requested).sum();
    assert!(reserved < 4, "{reserved}");
}

#[test]
fn the_ledger_of_the_config_file_is_the_one_that_is_used() {
    let desk = Desk::new(Settings::default());
    desk.write("config/config.toml", "ledger = \"deep/ours.db\"\n");
    let mut command = desk.command();
    command.env_remove("ENROW_PHONE_LEDGER").arg("account");
    Ran::of(command.output().unwrap()).exits(0);
    let ours = desk.path("config").join("deep/ours.db");
    assert!(ours.exists());
}

#[test]
fn what_is_in_force_is_told_with_flags_and_with_what_is_wrong() {
    let desk = Desk::new(Settings::default());
    desk.write(
        "config/config.toml",
        "api-key-file = \"gone\"\ncolor = \"never\"\nrequest-timeout = \"1m\"\n",
    );
    let mut command = desk.command();
    command.env_remove("ENROW_API_KEY").args([
        "config",
        "--json",
        "--color=always",
        "--doubt-wait=7s",
    ]);
    let told = Ran::of(command.output().unwrap()).exits(0).json();
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
    let desk = Desk::new(Settings::default());
    desk.write("config/config.toml", "nonsense = 1\n");
    for args in [&["completions", "bash"][..], &["man"], &["logout"]] {
        desk.run(args).exits(0);
    }
    desk.run(["status"]).exits(2);
}

#[test]
fn a_config_file_that_cannot_be_used_says_why() {
    let desk = Desk::new(Settings::default());
    for (text, part) in [
        ("batchsize = 1\n", "there is no setting `batchsize`\nhint: did you mean `batch-size`?"),
        ("zzz = 1\n", "hint: the settings are `api-key-file`, `batch-size`"),
        ("batch-size = 4000\n", "`batch-size`: a batch has 1 to 3000 searches"),
        (
            "webhook = \"http://hooks.example\"\n",
            "`webhook`: Enrow notifies `https` addresses only",
        ),
        ("timeout = true\n", "`timeout` is neither text nor a number"),
        ("color = \"pink\"\n", "`color`:"),
        ("= 3\n", "line 1"),
    ] {
        desk.write("config/config.toml", text);
        desk.run(["bulk", "in.csv"]).exits(2).prints("").says(part);
    }
    assert_eq!(desk.control().requests(), []);
}
