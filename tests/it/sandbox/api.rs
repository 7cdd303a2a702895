//! The API as documented.

use super::caller::{Caller, Heard, batch, held, url};
use enrow_phone::sandbox::{
    Answer, Endpoint, Keys, Memory, Pace, Sandbox, Search, Settings, Shapes,
};
use serde_json::{Value, json};
use std::time::Duration;

#[tokio::test]
async fn an_accepted_batch_says_what_it_reserves() {
    let caller = Caller::new(held());
    let heard = caller.post("/phone/bulk", &batch(0..2)).await;
    let id = heard.body["id"].clone();
    assert_eq!(id.as_str().unwrap().len(), 36);
    heard.is(
        201,
        json!({"id": id, "message": "Bulk search operating", "credits_used": 80, "estimated_duration": 1,
            "credits": {"amount": 80, "source": "sub", "split": {"fromPaygo": 0, "fromSub": 80}}}),
    );
    assert_eq!(caller.balance().await, 1_000_000 - 80);
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
        Caller::new(Settings { pace: Pace::fixed(Duration::from_hours(1)), ..Settings::default() });
    let control = caller.running.control();
    let slow = caller.submit(0..5).await;
    control.change(|settings| settings.pace = Pace::fixed(Duration::from_millis(5)));
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
        .is(402, json!({"reason": "Insufficient credits", "success": false}));
    assert_eq!(caller.balance().await, 39);
    let control = caller.running.control();
    control.add_credits(41);
    caller.submit(0..2).await;
    assert_eq!(caller.balance().await, 0);
}

#[tokio::test]
async fn bad_payloads_are_refused_in_the_words_of_the_reference() {
    let caller = Caller::new(Settings { batch_limit: 50, ..Settings::default() });
    let mut bad_row = batch(0..50);
    bad_row["searches"][7] = json!({"firstname": "Ann", "lastname": "Lee"});
    let mut bad_profile = batch(0..2);
    bad_profile["searches"][1]["linkedin_url"] = "https://acme.example/ann".into();
    for (body, message) in [
        (json!(null), "Missing payload"),
        (json!({"searches": []}), "At least 1 phone search must be present in the payload"),
        (batch(0..51), "Too many searches. Limit is currently at 50 per batch."),
        (bad_row, "Missing mandatory property on search n°8 of 50"),
        (bad_profile, "Invalid linkedin_url"),
    ] {
        caller.post("/phone/bulk", &body).await.says(400, message);
    }
    let control = caller.running.control();
    assert_eq!(control.posts(), 5);
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
        keys: Keys {
            refused: vec!["bad".into()],
            without_phones: vec!["plain".into()],
            ..Keys::default()
        },
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
    assert_eq!((control.key("key"), control.key("other")), (Some(0), Some(1)));
    let keys: Vec<_> = control.requests().iter().map(|request| request.key).collect();
    assert_eq!(keys, [Some(0), Some(1), Some(1)]);
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
    assert_eq!((control.rate_limited(), control.busiest_second()), (1, 4));
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
    heard.is(
        201,
        json!({"id": id, "credits_used": 40, "message": "Single search operating",
            "credits": {"amount": 40, "source": "sub", "split": {"fromPaygo": 0, "fromSub": 40}}}),
    );
    let path = format!("/phone/single?id={id}");
    assert_eq!(caller.get(&path).await.status, 202);
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
    assert_eq!(control.count(Endpoint::SubmitBulk), 2);
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
    let caller =
        Caller::new(Settings { memory: Memory::Brief { batches: 1 }, ..Settings::default() });
    let unfetched = caller.submit(0..1).await;
    let old = caller.submit(1..2).await;
    let new = caller.submit(2..3).await;
    assert_eq!(caller.fetch(&old).await.status, 200);
    assert_eq!(caller.fetch(&new).await.status, 200);
    assert_eq!(caller.fetch(&old).await.status, 400);
    assert_eq!(caller.fetch(&new).await.status, 200);
    assert_eq!(caller.fetch(&unfetched).await.status, 200);
}

#[tokio::test]
async fn the_sandbox_is_not_served_beyond_loopback() {
    let error = Sandbox::start(Settings::default(), "0.0.0.0:0".parse().unwrap()).unwrap_err();
    assert_eq!(error.to_string(), "the sandbox is served on loopback only");
}

#[tokio::test]
async fn a_sandbox_in_the_same_runtime_answers() {
    let sandbox = Sandbox::start(Settings::default(), "127.0.0.1:0".parse().unwrap()).unwrap();
    let caller = Caller::new(Settings::default());
    let url = format!("{}/account/info", sandbox.url());
    let heard = Heard::from(caller.client.get(url).header("x-api-key", "k")).await;
    heard.is(200, json!({"credits": 1_000_000}));
    assert_eq!(sandbox.control().count(Endpoint::Account), 1);
}
