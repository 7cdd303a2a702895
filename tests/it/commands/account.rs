use crate::support::people::profiles_csv;
use crate::support::{KEY, TestEnv};
use enrow_phone::sandbox::Settings;
use serde_json::json;

#[test]
fn an_account_tells_its_credits_and_what_they_pay_for() {
    let env = TestEnv::new(Settings {
        credits: 36_000,
        webhooks: vec!["https://hooks.example/a".to_owned()],
        ..Settings::default()
    });
    let run = env.run(["account"]);
    run.exits(0);
    let key = run.stdout.lines().nth(1).unwrap().to_owned();
    assert!(!run.stdout.contains(&format!("key       {KEY}")));
    let unlearned = "credits   36,000, pays for 900 numbers at 40 each, 720 at 50 on a legacy plan";
    run.prints(&format!("{unlearned}\n{key}\nwebhooks  https://hooks.example/a\n"));

    env.write("in.csv", profiles_csv(0..5));
    env.run(["bulk", "in.csv", "-o", "out.csv"]).exits(0);
    let balance = env.control().credits().balance();
    let told = env.run(["account", "--json"]).exits(0).json();
    let fingerprint = key.trim_start_matches("key").trim().to_owned();
    assert_eq!(
        told,
        json!({
            "credits": balance, "key": fingerprint, "price": 40, "searches": balance / 40,
            "webhooks": ["https://hooks.example/a"],
        })
    );
}

#[test]
fn a_refused_key_is_no_account() {
    let env = TestEnv::new(Settings { refused_keys: vec![KEY.to_owned()], ..Settings::default() });
    env.run(["account"]).exits(4).prints("").says(
        "error: Enrow refused the API key from `ENROW_API_KEY` (401: \"This apikey is not valid\")",
    );
}
