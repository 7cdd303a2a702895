//! The API as documented.

use super::caller::{Caller, Heard, batch, documented, held, url};
use crate::support::{TestEnv, busiest_second};
use enrow_phone::sandbox::{Answer, Control, Endpoint, Kind, Pace, Search, Settings, Shapes};
use serde_json::{Value, json};
use std::time::Duration;

/// A sandbox as the examples of the reference have it: profiles are echoed as they were sent.
fn as_documented() -> Settings {
    Settings { faults: "batch=echo-slash".parse().unwrap(), found_percent: 100, ..held() }
}

/// Puts the sandbox's answer where the example has another.
fn find(control: &Control, result: &mut Value) {
    let search: Search = serde_json::from_value(result["params"].clone()).unwrap();
    let Answer::Found { number, country } = control.answer_for(&search) else { panic!("found") };
    result["qualification"] = "found".into();
    result["number"] = number.into();
    result["country"] = country.into();
}

#[tokio::test]
async fn a_batch_is_answered_as_documented() {
    let caller = Caller::new(as_documented());
    let control = caller.running.control();
    let mut request = documented("bulk_request", "");
    let heard = caller.post("/phone/bulk", &request).await;
    let id = heard.body["id"].as_str().unwrap();
    assert_eq!(id.len(), 36);
    heard.is(201, documented("bulk_accepted", id));
    assert_eq!(caller.balance().await, 1_000_000 - 80);
    control.advance(1);
    caller.fetch(id).await.is(200, documented("bulk_ongoing", id));
    // The example of a finished one is about another request.
    request["custom"].take();
    request["searches"][0]["custom"] = "lead-1".into();
    request["searches"][1]["custom"].take();
    let heard = caller.post("/phone/bulk", &request).await;
    let id = heard.body["id"].as_str().unwrap();
    control.release();
    let mut completed = documented("bulk_completed", id);
    completed["results"].as_array_mut().unwrap().iter_mut().for_each(|it| find(&control, it));
    caller.fetch(id).await.is(200, completed);
}

#[tokio::test]
async fn a_single_search_is_answered_as_documented() {
    let caller = Caller::new(as_documented());
    let heard = caller.post("/phone/single", &documented("single_request", "")).await;
    let id = heard.body["id"].as_str().unwrap();
    heard.is(201, documented("single_accepted", id));
    let path = format!("/phone/single?id={id}");
    let ongoing = caller.get(&path).await;
    assert_eq!((ongoing.status, &ongoing.body["qualification"]), (202, &"ongoing".into()));
    let control = caller.running.control();
    control.release();
    let mut completed = documented("single_completed", id);
    find(&control, &mut completed);
    caller.get(&path).await.is(200, completed);
}

#[tokio::test]
async fn a_running_batch_moves_and_a_finished_one_has_answers() {
    let caller = Caller::new(held());
    let mut body = batch(0..50);
    body["custom"] = json!({"nonce": "n-1"});
    let heard = caller.post("/phone/bulk", &body).await;
    let id = heard.body["id"].as_str().unwrap();
    let control = caller.running.control();

    control.advance(7);
    let general = |status| json!({"id": id, "status": status, "custom": {"nonce": "n-1"}});
    caller
        .fetch(id)
        .await
        .is(200, json!({"general": general("ongoing"), "stats": {"requested": 50, "finished": 7}}));

    control.release();
    let heard = caller.fetch(id).await;
    let found = control.batches()[0].found;
    assert!((1..50).contains(&found), "{found}");
    assert_eq!(heard.body["general"], general("completed"));
    assert_eq!(
        heard.body["stats"],
        json!({"credits_cost": found * 40, "credits_to_refund": (50 - found) * 40, "found": found, "requested": 50})
    );
    for (person, entry) in heard.body["results"].as_array().unwrap().iter().enumerate() {
        let mut expected = json!({"index": person, "qualification": "not_found",
            "params": {"linkedin_url": url(person) + "/"}, "custom": format!("row {person}")});
        if let Answer::Found { number, country } = control.answer_for(&Search::profile(url(person)))
        {
            expected["qualification"] = "found".into();
            expected["number"] = number.into();
            expected["country"] = country.into();
        }
        assert_eq!(*entry, expected);
    }
}

#[tokio::test]
async fn credits_come_back_when_a_batch_ends_even_if_nobody_asks_for_it() {
    let caller = Caller::new(held());
    caller.submit(0..100).await;
    let control = caller.running.control();
    assert_eq!(caller.balance().await, 1_000_000 - 4000);
    assert_eq!(control.credits().reserved, 4000);
    control.release();
    let charged = control.batches()[0].found as u64 * 40;
    assert_eq!(caller.balance().await, 1_000_000 - charged);
    let credits = control.credits();
    assert_eq!((credits.reserved, credits.charged, credits.refunded), (0, charged, 4000 - charged));
}

#[tokio::test]
async fn a_timed_batch_ends_by_the_clock() {
    let caller =
        Caller::new(Settings { pace: Pace::Takes(Duration::from_hours(1)), ..Settings::default() });
    let control = caller.running.control();
    let slow = caller.submit(0..5).await;
    control.change(|settings| settings.pace = Pace::Takes(Duration::from_millis(5)));
    let quick = caller.submit(5..10).await;
    assert!(control.wait_until(Duration::from_mins(1), |control| { control.running() == 1 }));
    let slow = caller.fetch(&slow).await.body;
    assert_eq!(slow["general"]["status"], "ongoing");
    assert_eq!(slow["stats"], json!({"requested": 5, "finished": 0}));
    let quick = caller.fetch(&quick).await.body;
    assert_eq!(quick["general"]["status"], "completed");
}

#[tokio::test]
async fn what_cannot_be_paid_is_refused_and_not_charged() {
    let caller = Caller::new(Settings { credits: 119, ..held() });
    caller.post("/phone/bulk", &batch(0..3)).await.says(402, "Insufficient credits");
    let single = json!({"linkedin_url": url(0)});
    assert_eq!(caller.post("/phone/single", &single).await.status, 201);
    caller.submit(0..1).await;
    caller
        .post("/phone/single", &json!({"linkedin_url": url(0)}))
        .await
        .is(402, documented("single_no_credits", ""));
    assert_eq!(caller.balance().await, 39);
    let control = caller.running.control();
    control.add_credits(41);
    caller.submit(0..2).await;
    assert_eq!(caller.balance().await, 0);
}

#[tokio::test]
async fn bad_payloads_are_refused_in_the_words_of_the_reference() {
    let caller =
        Caller::new(Settings { batch_limit: 50, posts_per_second: 1000, ..Settings::default() });
    let mut bad_row = batch(0..50);
    bad_row["searches"][7] = json!({"firstname": "Ann", "lastname": "Lee"});
    let (unread, empty) =
        ("Missing payload", "At least 1 phone search must be present in the payload");
    for (body, message) in [
        (json!(null), unread),
        (json!([]), unread),
        (json!({"searches": {}}), unread),
        (json!({"searches": [{"custom": 7}]}), unread),
        (json!({}), empty),
        (json!({"searches": []}), empty),
        (json!({"searches": null}), empty),
        (batch(0..51), "Too many searches. Limit is currently at 50 per batch."),
        (bad_row, "Missing mandatory property on search n°8 of 50"),
    ] {
        caller.post("/phone/bulk", &body).await.says(400, message);
    }
    let missing = "Missing mandatory property";
    for (search, message) in [
        (json!({}), missing),
        (json!({"firstname": "A", "company_name": "C"}), missing),
        (json!({"firstname": "A", "lastname": " ", "company_name": "C"}), missing),
        (json!({"linkedin_url": "", "company_domain": ""}), missing),
        (json!({"linkedin_url": "https://acme.example/ann"}), "Invalid linkedin_url"),
        // A name does not excuse a bad profile.
        (
            json!({"linkedin_url": "acme.example/in/ann", "firstname": "A", "lastname": "B", "company_name": "C"}),
            "Invalid linkedin_url",
        ),
    ] {
        caller.post("/phone/single", &search).await.says(400, message);
        let place = if message == missing { " on search n°2 of 2" } else { "" };
        let body = json!({"searches": [batch(0..1)["searches"][0], search]});
        caller.post("/phone/bulk", &body).await.says(400, &format!("{message}{place}"));
    }
    let control = caller.running.control();
    assert_eq!(control.posts(), 21);
    assert!(control.batches().is_empty());
    assert_eq!(caller.balance().await, 1_000_000);
}

#[tokio::test]
async fn a_body_that_is_not_called_json_is_not_read() {
    let caller = Caller::new(Settings::default());
    let url = format!("{}/phone/bulk", caller.running.url());
    let request = caller.client.post(url).header("x-api-key", "key");
    let heard = Heard::from(request.body(batch(0..1).to_string())).await;
    heard.says(400, "Missing payload");
}

#[tokio::test]
async fn keys_are_checked_on_every_endpoint() {
    let mut caller = Caller::new(Settings {
        refused_keys: vec!["bad".into()],
        keys_without_phones: vec!["plain".into()],
        ..Settings::default()
    });
    for (key, message) in
        [("", "No apikey found in the x-api-key headers"), ("bad", "This apikey is not valid")]
    {
        caller.key = key;
        caller.get("/account/info").await.says(401, message);
        caller.fetch("1").await.says(401, message);
        caller.get("/phone/single?id=1").await.says(401, message);
        let heard = caller.post("/phone/bulk", &batch(0..1)).await;
        heard.says(401, message);
        let heard = caller.post("/phone/single", &json!({})).await;
        heard.says(401, message);
    }
    caller.key = "plain";
    assert_eq!(caller.balance().await, 1_000_000);
    let message = "This account is not allowed to use the phone search feature";
    let heard = caller.post("/phone/bulk", &batch(0..1)).await;
    heard.says(401, message);
    caller.fetch("1").await.says(401, message);
}

#[tokio::test]
async fn a_batch_belongs_to_the_key_that_sent_it() {
    let mut caller = Caller::new(Settings::default());
    let id = caller.submit(0..1).await;
    caller.key = "other";
    let heard = caller.fetch(&id).await;
    heard.says(400, "Could not retrieve bulk search results");
    assert_eq!(caller.balance().await, 1_000_000);
    let control = caller.running.control();
    let keys: Vec<_> = control.requests().into_iter().filter_map(|request| request.key).collect();
    assert_eq!(keys, ["key", "other", "other"]);
}

#[tokio::test]
async fn ids_that_are_missing_or_unknown_are_no_404() {
    let caller = Caller::new(Settings::default());
    let unknown = "Could not retrieve bulk search results";
    caller.fetch("nobody").await.says(400, unknown);
    let missing = "Missing id in the query params";
    caller.fetch("").await.says(400, missing);
    caller.get("/phone/bulk").await.says(400, missing);
    caller.get("/phone/single").await.says(400, missing);
    assert_eq!(caller.get("/phone/single?id=nobody").await.status, 500);
    assert_eq!(caller.get("/phone").await.status, 404);
}

#[tokio::test]
async fn the_eleventh_post_within_a_second_is_one_too_many() {
    let caller = Caller::new(Settings { posts_per_second: 3, ..Settings::default() });
    let body = batch(0..1);
    let posts = || caller.post("/phone/bulk", &body);
    let (a, b, c, d) = tokio::join!(posts(), posts(), posts(), posts());
    let heard = [a, b, c, d];
    let mut statuses: Vec<_> = heard.iter().map(|heard| heard.status).collect();
    statuses.sort_unstable();
    assert_eq!(statuses, [201, 201, 201, 429]);
    let refused = heard.iter().find(|heard| heard.status == 429).unwrap();
    refused.says(429, "Too Many Requests");
    let header = |name| refused.headers[name].to_str().unwrap();
    assert_eq!(header("x-ratelimit-limit"), "3");
    assert_eq!(header("x-ratelimit-remaining"), "0");
    assert_eq!(header("x-ratelimit-reset"), "1");
    let control = caller.running.control();
    assert_eq!(busiest_second(&control), 4);
    assert_eq!(control.batches().len(), 3);
}

#[tokio::test]
async fn older_pages_can_be_spoken() {
    let caller = Caller::new(Settings { credits: 200, shapes: Shapes::Older, ..held() });
    let id = caller.submit(0..5).await;
    assert_eq!(caller.fetch(&id).await.status, 202);
    let refused = caller.post("/phone/bulk", &batch(0..1)).await;
    refused.says(422, "Insufficient balance");
    let control = caller.running.control();
    control.release();
    let found = control.batches()[0].found;
    let heard = caller.fetch(&id).await;
    assert_eq!(heard.status, 200);
    assert_eq!(heard.body["results"][1]["index"], "1");
    let (paid, back) = (found * 40, (5 - found) * 40);
    assert_eq!(
        heard.body["stats"],
        json!({"credits_cost": {"initial": 200, "refunded": back, "final": paid}, "credits_to_refund": back,
            "requested": 5, "valid": found})
    );
}

#[tokio::test]
async fn one_person_can_be_asked_for_alone() {
    let caller = Caller::new(held());
    let request = json!({"firstname": "Ann", "lastname": "Lee", "company_domain": "acme.example", "custom": "c"});
    let heard = caller.post("/phone/single", &request).await;
    let id = heard.body["id"].as_str().unwrap();
    let path = format!("/phone/single?id={id}");
    let control = caller.running.control();
    control.release();
    let params = json!({"firstname": "Ann", "lastname": "Lee", "company_domain": "acme.example"});
    let expected = match control.answer_for(&Search::at_domain("Ann", "Lee", "acme.example")) {
        Answer::Found { number, country } => {
            json!({"params": params, "custom": "c", "qualification": "found", "number": number, "country": country})
        }
        Answer::NotFound => json!({"params": params, "custom": "c", "qualification": "not_found"}),
    };
    caller.get(&path).await.is(200, expected);
    assert_eq!(caller.fetch(id).await.status, 400);
}

#[tokio::test]
async fn the_control_shows_who_was_searched_twice() {
    let caller = Caller::new(Settings::default());
    caller.submit(0..3).await;
    caller.submit(2..4).await;
    let control = caller.running.control();
    let twice = control.searched_twice();
    assert_eq!(twice.len(), 1);
    assert_eq!(twice[0].linkedin_url.as_deref().unwrap(), url(2));
    assert_eq!(control.times_searched(&Search::profile(url(2))), 2);
    assert_eq!(control.times_searched(&Search::profile(url(0))), 1);
    assert_eq!(control.times_searched(&Search::profile(url(9))), 0);
    assert_eq!(control.count(Endpoint::Submit(Kind::Bulk)), 2);
    let lines: Vec<_> = control.requests().iter().map(ToString::to_string).collect();
    assert_eq!(
        lines,
        [
            "POST /phone/bulk, 3 searches: 201, batch 1",
            "POST /phone/bulk, 2 searches: 201, batch 2"
        ]
    );
    let sent: Value = serde_json::from_slice(&control.batches()[1].body).unwrap();
    assert_eq!(sent, batch(2..4));
}

#[tokio::test]
async fn requests_can_be_followed() {
    let caller = Caller::new(Settings::default());
    let mut requests = caller.running.control().follow();
    caller.balance().await;
    caller.submit(0..1).await;
    let first = requests.recv().await.unwrap();
    assert_eq!(first.to_string(), "GET /account/info: 200");
    let second = requests.recv().await.unwrap();
    assert_eq!(second.to_string(), "POST /phone/bulk, 1 search: 201, batch 1");
}

#[tokio::test]
async fn a_brief_memory_forgets_old_batches_but_no_unfetched_one() {
    let caller = Caller::new(Settings { memory: Some(1), ..Settings::default() });
    let unfetched = caller.submit(0..1).await;
    let old = caller.submit(1..2).await;
    let new = caller.submit(2..3).await;
    assert_eq!(caller.fetch(&old).await.status, 200);
    assert_eq!(caller.fetch(&new).await.status, 200);
    assert_eq!(caller.fetch(&old).await.status, 400);
    assert_eq!(caller.fetch(&new).await.status, 200);
    assert_eq!(caller.fetch(&unfetched).await.status, 200);
}

#[test]
fn a_port_that_is_taken_is_named() {
    let env = TestEnv::new(Settings::default());
    let port = env.url().rsplit(':').next().unwrap();
    let said = format!("cannot serve a sandbox on 127.0.0.1:{port}: ");
    env.run(["sandbox", "--port", port]).exits(1).says(&said).says("`--port 0`");
}
