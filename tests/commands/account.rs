use crate::desk::{Desk, sheet};
use enrow_phone::sandbox::{Keys, Settings};
use serde_json::json;

#[test]
fn an_account_tells_its_credits_and_what_they_pay_for() {
    let desk = Desk::new(Settings {
        credits: 36_000,
        webhooks: vec!["https://hooks.example/a".to_owned()],
        ..Settings::default()
    });
    let ran = desk.run(["account"]).exits(0);
    let key = ran.stdout.lines().nth(1).unwrap().to_owned();
    assert!(!ran.stdout.contains("key       key"));
    let unlearned =
        "credits   36,000, pays for 720 numbers at least (at 50, the highest documented price)";
    ran.prints(&format!("{unlearned}\n{key}\nwebhooks  https://hooks.example/a\n"));

    desk.write("in.csv", &sheet(0..5));
    desk.run(["bulk", "in.csv", "-o", "out.csv"]).exits(0);
    let balance = desk.control().credits().balance;
    let told = desk.run(["account", "--json"]).exits(0).json();
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
    let desk = Desk::new(Settings {
        keys: Keys { refused: vec!["key".to_owned()], ..Keys::default() },
        ..Settings::default()
    });
    desk.run(["account"]).exits(4).prints("").says(
        "error: Enrow refused the API key from `ENROW_API_KEY` (401: \"This apikey is not valid\")",
    );
}
