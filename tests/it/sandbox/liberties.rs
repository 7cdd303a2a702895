//! What the reference pages leave open: the sandbox plays each liberty that a service may take.

use crate::sandbox::caller::{Caller, batch, url};
use enrow_phone::sandbox::{Answer, Control, Pace, Settings};
use serde_json::{Value, json};
use std::time::Duration;

const PATIENCE: Duration = Duration::from_secs(30);

/// A sandbox where everybody has a number, with these faults.
fn all_found(faults: &str) -> Settings {
    Settings { faults: faults.parse().unwrap(), found_percent: 100, ..Settings::default() }
}

fn with(faults: &str) -> Settings {
    Settings { faults: faults.parse().unwrap(), ..Settings::default() }
}

/// The answer about six people whose batch is over and has these faults.
async fn completed(faults: &str) -> Value {
    let caller = Caller::new(all_found(faults));
    let mut body = batch(0..6);
    body["custom"] = json!({"nonce": "n-1"});
    body["searches"][1] =
        json!({"firstname": "Ann", "lastname": "Lee", "company_name": "Acme, Inc."});
    let heard = caller.post("/phone/bulk", &body).await;
    caller.fetch(heard.body["id"].as_str().unwrap()).await.body
}

fn found(body: &Value) -> (u64, usize) {
    (body["stats"]["found"].as_u64().unwrap(), body["results"].as_array().unwrap().len())
}

#[tokio::test]
async fn results_may_come_after_the_batch_is_completed() {
    let caller =
        Caller::new(all_found("batch:1=results-late/2,batch:2=partial/2,batch:3=results-late/10m"));
    let ids = [caller.submit(0..6).await, caller.submit(6..12).await, caller.submit(12..18).await];
    for (poll, none, half, never) in
        [(1, (0, 0), (3, 3), (0, 0)), (2, (0, 0), (3, 3), (0, 0)), (3, (6, 6), (6, 6), (0, 0))]
    {
        for (id, expected) in ids.iter().zip([none, half, never]) {
            let body = caller.fetch(id).await.body;
            assert_eq!(body["general"]["status"], "completed");
            assert_eq!(found(&body), expected, "poll {poll}");
            assert_eq!(body["stats"]["credits_cost"], 40 * expected.0);
            assert_eq!(body["stats"]["credits_to_refund"], 40 * (6 - expected.0));
        }
    }
    assert_eq!(caller.running.control().credits().charged, 18 * 40, "it is paid all the same");
}

#[tokio::test]
async fn results_may_stay_ongoing_for_a_time() {
    let ongoing = |body: &Value| {
        let results = body["results"].as_array().unwrap().iter();
        results.filter(|result| result["qualification"] == "ongoing").count()
    };
    assert_eq!(ongoing(&completed("batch=ongoing/10m").await), 2);
    assert_eq!(ongoing(&completed("batch=ongoing/0s").await), 0);
}

#[tokio::test]
async fn unspent_credits_come_back_early_late_or_never() {
    let nobody = |faults: &str, pace| Settings { found_percent: 0, pace, ..with(faults) };
    let long = Pace::Takes(Duration::from_mins(10));
    for (fault, pace, balance) in [
        ("batch=refund-early/20m", long, 1_000_000),
        ("batch=refund-early/1m", long, 999_760),
        ("batch=refund-late/10m", Pace::INSTANT, 999_760),
        ("batch=refund-late/0s", Pace::INSTANT, 1_000_000),
        ("batch=refund-never", Pace::INSTANT, 999_760),
        ("batch=failed", Pace::INSTANT, 1_000_000),
        ("batch=failed-kept", Pace::INSTANT, 999_760),
    ] {
        let caller = Caller::new(nobody(fault, pace));
        let id = caller.submit(0..6).await;
        assert_eq!(caller.balance().await, balance, "{fault}");
        let status = caller.fetch(&id).await.body["general"]["status"].clone();
        let expected = if pace != Pace::INSTANT {
            "ongoing"
        } else if fault.contains("failed") {
            "failed"
        } else {
            "completed"
        };
        assert_eq!(status, expected, "{fault}");
    }
    let caller = Caller::new(nobody("batch=refund-late/50ms", Pace::INSTANT));
    caller.submit(0..6).await;
    let control = caller.running.control();
    assert!(control.wait_until(PATIENCE, |control| control.credits().balance() == 1_000_000));
}

#[tokio::test]
async fn balance_price_and_key_may_change_at_a_time() {
    for (event, balance) in
        [("renewal/36000", 36_000), ("spend/400", 999_600), ("top-up/4000", 1_004_000)]
    {
        let caller = Caller::new(with(&format!("at:20ms={event},at:10m={event}")));
        let reached = |control: &Control| control.credits().balance() == balance;
        assert!(caller.running.control().wait_until(PATIENCE, reached), "{event}");
        assert_eq!(caller.balance().await, balance);
    }
    let caller = Caller::new(Settings { pace: Pace::Held, ..with("at:0s=price/50") });
    caller.submit(0..2).await;
    assert_eq!(caller.balance().await, 1_000_000 - 100);
    let caller = Caller::new(Settings { pace: Pace::Held, ..with("batch:2-=price/50") });
    caller.submit(0..2).await;
    caller.submit(2..4).await;
    assert_eq!(caller.balance().await, 1_000_000 - 180);
}

#[tokio::test]
async fn a_new_key_of_the_account_reads_what_the_old_one_sent() {
    let mut caller = Caller::new(Settings::default());
    let id = caller.submit(0..2).await;
    let balance = caller.balance().await;
    caller.running.control().replace_key("new");
    caller.fetch(&id).await.says(401, "This apikey is not valid");
    let heard = caller.post("/phone/bulk", &batch(2..3)).await;
    heard.says(401, "This apikey is not valid");
    caller.key = "new";
    assert_eq!(caller.fetch(&id).await.body["general"]["status"], "completed");
    assert_eq!(caller.balance().await, balance);
    let before = std::time::Instant::now();
    let mut caller = Caller::new(Settings::default());
    assert_eq!(caller.balance().await, 1_000_000);
    let soon = before.elapsed().as_millis() + 20;
    let fault = format!("at:{soon}ms=key/later").parse().unwrap();
    caller.running.control().change(|settings| settings.faults.push(fault));
    let refused = async { while caller.get("/account/info").await.status != 401 {} };
    tokio::time::timeout(PATIENCE, refused).await.unwrap();
    caller.key = "later";
    assert_eq!(caller.balance().await, 1_000_000);
}

#[tokio::test]
async fn a_balance_may_be_old_or_odd() {
    let caller = Caller::new(Settings {
        pace: Pace::Held,
        ..with(
            "account:1=stale/10m,account:2=stale-age/10m,account:3=stale-date/10m,account:4=credits/-40,\
             account:5=credits/36000.5,account:6=credits/\"36000\"",
        )
    });
    caller.submit(0..2).await;
    for (number, credits) in [
        (1, json!(1_000_000)),
        (2, json!(1_000_000)),
        (3, json!(1_000_000)),
        (4, json!(-40)),
        (5, json!(36000.5)),
        (6, json!("36000")),
        (7, json!(999_920)),
    ] {
        let heard = caller.get("/account/info").await;
        assert_eq!(heard.body["credits"], credits, "{number}");
        let age = heard.headers.get("age").map(|age| age.to_str().unwrap());
        assert_eq!(age, (number == 2).then_some("600"));
        assert_eq!(minutes_wrong(&heard.headers["date"]), if number == 3 { -10 } else { 0 });
    }
}

/// By how many minutes a `Date` differs from now.
fn minutes_wrong(date: &reqwest::header::HeaderValue) -> i64 {
    let date = httpdate::parse_http_date(date.to_str().unwrap()).unwrap();
    match date.duration_since(std::time::SystemTime::now()) {
        Ok(ahead) => i64::try_from((ahead.as_secs() + 30) / 60).unwrap(),
        Err(behind) => -i64::try_from((behind.duration().as_secs() + 30) / 60).unwrap(),
    }
}

#[tokio::test]
async fn the_clock_of_the_service_may_be_wrong() {
    let caller = Caller::new(with("get=clock/-2h,account=clock/3m,post=clock/1d"));
    let heard = caller.fetch("x").await;
    assert_eq!((heard.status, minutes_wrong(&heard.headers["date"])), (400, -120));
    assert_eq!(minutes_wrong(&caller.get("/account/info").await.headers["date"]), 3);
    let heard = caller.post("/phone/bulk", &batch(0..1)).await;
    assert_eq!((heard.status, minutes_wrong(&heard.headers["date"])), (201, 24 * 60));
}

#[tokio::test]
async fn a_batch_may_be_taken_after_its_caller_has_given_up() {
    for fault in ["504-late/1s", "close-late/1s", "hang-late/1s", "reset-late/1s", "taken-late/1s"]
    {
        let answers = fault.starts_with("504");
        let caller = Caller::new(with(&format!("post:1={fault}")));
        let control = caller.running.control();
        let mut requests = control.follow();
        let request = caller.client.post(format!("{}/phone/bulk", caller.running.url()));
        let request = request.header("x-api-key", "key").json(&batch(0..2));
        let patience = if answers { PATIENCE } else { Duration::from_millis(50) };
        let outcome = request.timeout(patience).send().await;
        assert_eq!(outcome.ok().map(|response| response.status().as_u16()), answers.then_some(504));
        assert_eq!(control.taken(), 0, "{fault}");
        // Not blocking the thread: the client's end of the connection closes on it.
        let taken = async {
            while control.taken() == 0 {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        tokio::time::timeout(PATIENCE, taken).await.unwrap();
        // The sandbox prints the id, to try `recover ID` with.
        let answered = if answers { "504" } else { "no answer" };
        let line = format!("POST /phone/bulk, 2 searches: {answered}");
        assert_eq!(requests.recv().await.unwrap().to_string(), line);
        let id = &control.batches()[0].id;
        assert_eq!(
            requests.recv().await.unwrap().to_string(),
            format!("{line}, batch 1, taken as {id}")
        );
        assert!(control.wait_until(PATIENCE, |control| control.credits().charged > 0
            || control.credits().refunded > 0));
    }
    let caller = Caller::new(with("post:1=taken-late/20ms"));
    caller.submit(0..1).await;
    assert_eq!(caller.running.control().taken(), 1, "a caller who waits is answered");
}

#[tokio::test]
async fn a_proxy_may_answer_with_what_the_reference_does_not_list() {
    let caller = Caller::new(with(
        "post:1=409,post:2=404-after,post:3=html/403,post:4=html-after/404,post:5=redirect-after/302",
    ));
    for (status, taken) in [(409, 0), (404, 1), (403, 1), (404, 2), (302, 3)] {
        let request = caller.client.post(format!("{}/phone/bulk", caller.running.url()));
        let heard = request.header("x-api-key", "key").json(&batch(0..1)).send().await.unwrap();
        assert_eq!((heard.status().as_u16(), caller.running.control().taken()), (status, taken));
    }
}

#[tokio::test]
async fn an_answer_may_break_off_at_any_byte() {
    for bytes in [0, 1, 20, 40] {
        let caller = Caller::new(with(&format!("post:1=truncate/{bytes}")));
        let request = caller.client.post(format!("{}/phone/bulk", caller.running.url()));
        let request = request.header("x-api-key", "key").json(&batch(0..1));
        let mut response = request.send().await.unwrap();
        let mut body = Vec::new();
        while let Ok(Some(chunk)) = response.chunk().await {
            body.extend_from_slice(&chunk);
        }
        let id = &caller.running.control().batches()[0].id;
        let whole = format!("{{\"id\":\"{id}\",\"message\"");
        assert_eq!(String::from_utf8(body).unwrap(), whole[..bytes]);
    }
}

#[tokio::test]
async fn credits_used_may_say_something_else() {
    for (fault, used) in [
        ("half", json!(40)),
        ("0", json!(0)),
        ("9223372036854775808", json!(9_223_372_036_854_775_808_u64)),
        ("null", json!(null)),
    ] {
        let caller = Caller::new(with(&format!("batch=credits-used/{fault}")));
        let heard = caller.post("/phone/bulk", &batch(0..2)).await;
        assert_eq!(
            (&heard.body["credits_used"], &heard.body["credits"]["amount"]),
            (&used, &json!(80))
        );
    }
}

#[tokio::test]
async fn an_id_may_be_unknown_later_or_always() {
    let caller = Caller::new(with(
        "batch:1=gone,batch:2=gone/2,batch:3=gone/10m,batch:4=gone/0s,batch:5=unknown",
    ));
    for (people, expected) in [
        (0..1, [200, 400, 400, 400]),
        (1..2, [200, 400, 400, 200]),
        (2..3, [200, 400, 400, 400]),
        (3..4, [200, 200, 200, 200]),
        (4..5, [400, 400, 400, 400]),
    ] {
        let id = caller.submit(people).await;
        for status in expected {
            assert_eq!(caller.fetch(&id).await.status, status, "{expected:?}");
        }
    }
    let caller = Caller::new(with("batch=unknown"));
    let heard = caller.post("/phone/single", &json!({"linkedin_url": url(0)})).await;
    let path = format!("/phone/single?id={}", heard.body["id"].as_str().unwrap());
    for _ in 0..3 {
        assert_eq!(caller.get(&path).await.status, 500);
    }
}

#[tokio::test]
async fn searches_may_be_echoed_otherwise() {
    let params = |body: &Value, at: usize| body["results"][at]["params"].clone();
    let plain = completed("").await;
    assert_eq!(
        params(&plain, 1),
        json!({"firstname": "Ann", "lastname": "Lee", "company_name": "Acme, Inc."})
    );
    let bare = completed("batch=echo-bare-company").await;
    assert_eq!(params(&bare, 1)["company_name"], "Acme");
    let upper = completed("batch=echo-case").await;
    assert_eq!(
        params(&upper, 1),
        json!({"firstname": "ANN", "lastname": "LEE", "company_name": "ACME, INC."})
    );
    let slash = completed("batch=echo-slash").await;
    assert_eq!(params(&slash, 0)["linkedin_url"], url(0), "the slash of the default is gone");
    let silent = completed("batch=no-custom,batch=no-nonce").await;
    assert!(
        silent["results"].as_array().unwrap().iter().all(|result| result.get("custom").is_none())
    );
    assert_eq!(
        (plain["general"]["custom"]["nonce"].as_str(), silent["general"].get("custom")),
        (Some("n-1"), None)
    );
    let indexes = |body: &Value| {
        body["results"]
            .as_array()
            .unwrap()
            .iter()
            .map(|result| result["index"].as_u64().unwrap())
            .collect::<Vec<_>>()
    };
    assert_eq!(indexes(&completed("batch=index-from-1").await), [1, 2, 3, 4, 5, 6]);
}

#[tokio::test]
async fn fields_may_be_odd() {
    let plain = completed("").await;
    let number = plain["results"][5]["number"].as_str().unwrap();
    let digits: u64 = number.trim_start_matches('+').parse().unwrap();
    for (fault, pointer, odd) in [
        ("odd-country/6", "/results/5/country", json!(33)),
        ("odd-found/6", "/results/5/qualification", json!("Found")),
        ("odd-id", "/general/id", json!(7)),
        (
            "odd-keyed",
            "/results",
            json!({"0": plain["results"][0], "1": plain["results"][1], "2": plain["results"][2],
            "3": plain["results"][3], "4": plain["results"][4], "5": plain["results"][5]}),
        ),
        ("odd-null/6", "/results/5", json!(null)),
        ("odd-number/6", "/results/5/number", json!(digits)),
        ("odd-numbers/6", "/results/5/number", json!([number])),
        ("odd-params/6", "/results/5/params", json!([])),
        ("odd-stats", "/stats", json!([])),
        ("odd-status", "/general/status", json!("Completed")),
    ] {
        let mut body = completed(&format!("batch={fault}")).await;
        assert_eq!(body.pointer(pointer), Some(&odd), "{fault}");
        // Nothing else is.
        *body.pointer_mut(pointer).unwrap() = plain.pointer(pointer).unwrap().clone();
        body["general"]["id"] = plain["general"]["id"].clone();
        assert_eq!(body, plain, "{fault}");
    }
}

#[tokio::test]
async fn the_bytes_of_an_answer_may_be_odd() {
    let raw = async |fault: &str| {
        let caller = Caller::new(with(fault));
        let id = caller.submit(0..3).await;
        let request = caller.client.get(format!("{}/phone/bulk?id={id}", caller.running.url()));
        request.header("x-api-key", "key").send().await.unwrap().bytes().await.unwrap()
    };
    assert!(raw("batch=odd-bom").await.starts_with(b"\xef\xbb\xbf{"));
    let surrogate = raw("batch=odd-surrogate").await;
    let text = std::str::from_utf8(&surrogate).unwrap();
    assert_eq!(text.matches(r#""custom":"\ud83d""#).count(), 1, "{text}");
    assert!(serde_json::from_str::<Value>(text).is_err());
}

#[tokio::test]
async fn the_control_shows_what_was_done_for_each_person() {
    let caller =
        Caller::new(Settings { posts_per_second: 100, ..with("post:2=503,batch:2=failed") });
    let control = caller.running.control();
    caller.submit(0..20).await;
    assert_eq!(caller.post("/phone/bulk", &batch(0..1)).await.status, 503);
    caller.submit(0..1).await;
    let people = control.people();
    assert_eq!(people.len(), 20);
    for books in people {
        let is_found = matches!(control.answer_for(&books.search), Answer::Found { .. });
        let again = usize::from(books.search.linkedin_url.as_deref() == Some(&url(0)));
        let expected = (1 + again, usize::from(is_found));
        assert_eq!((books.taken, books.paid), expected, "{:?}", books.search);
    }
}
