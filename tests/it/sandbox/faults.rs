//! What goes wrong goes wrong as it was ordered.

use super::caller::{Caller, batch, held, url};
use enrow_phone::sandbox::{Answer, Endpoint, Faults, Kind, Search, Settings};
use serde_json::{Value, json};
use std::collections::HashSet;
use std::error::Error;
use std::io;
use std::time::Duration;

/// How long a silence lasts that is taken for one without end.
const NEVER: Duration = Duration::from_millis(300);
/// Longer than any answer takes; some systems need seconds to find that a connection is refused.
const PATIENCE: Duration = Duration::from_secs(30);

/// What became of a request, as its sender sees it.
#[derive(Debug, PartialEq, Eq)]
enum Fate {
    /// An answer that can be read.
    Answer(u16),
    /// Closed in good order before the answer.
    Closed,
    /// An answer that is not JSON.
    Gibberish(u16),
    /// An answer that ended before its end.
    Half(u16),
    /// No connection.
    Refused,
    /// A TCP reset.
    Reset,
    /// Nothing, for longer than anybody waits; with the status where a head came.
    Silence(Option<u16>),
}

impl Fate {
    async fn of(request: reqwest::RequestBuilder, patience: Duration) -> Self {
        let response = match request.timeout(patience).send().await {
            Ok(response) => response,
            Err(error) if error.is_connect() => return Self::Refused,
            Err(error) if error.is_timeout() => return Self::Silence(None),
            Err(error) if is_reset(&error) => return Self::Reset,
            Err(error) => {
                assert!(error.is_request(), "{error:?}");
                return Self::Closed;
            }
        };
        let status = response.status().as_u16();
        match response.bytes().await {
            Ok(body) if serde_json::from_slice::<Value>(&body).is_ok() => Self::Answer(status),
            Ok(_) => Self::Gibberish(status),
            Err(error) if error.is_timeout() => Self::Silence(Some(status)),
            Err(_) => Self::Half(status),
        }
    }
}

impl Fate {
    /// How long to wait for it.
    fn patience(&self) -> Duration {
        match self {
            Self::Silence(_) => NEVER,
            _ => PATIENCE,
        }
    }
}

fn is_reset(error: &reqwest::Error) -> bool {
    let mut cause = error.source();
    while let Some(error) = cause {
        let io = error.downcast_ref::<io::Error>();
        // Windows may call it aborted.
        if io.is_some_and(|io| {
            matches!(io.kind(), io::ErrorKind::ConnectionAborted | io::ErrorKind::ConnectionReset)
        }) {
            return true;
        }
        cause = error.source();
    }
    false
}

fn with(faults: &str) -> Settings {
    Settings { faults: faults.parse().unwrap(), ..Settings::default() }
}

impl Caller {
    fn request(&self, path: &str) -> reqwest::RequestBuilder {
        let url = format!("{}{path}", self.running.url());
        self.client.get(url).header("x-api-key", self.key)
    }

    async fn post_fate(&self, patience: Duration) -> Fate {
        let url = format!("{}/phone/bulk", self.running.url());
        let request = self.client.post(url).header("x-api-key", self.key);
        Fate::of(request.json(&batch(0..2)), patience).await
    }
}

#[tokio::test]
async fn a_post_is_lost_as_ordered_and_taken_or_not_as_ordered() {
    for (fault, fate, taken) in [
        ("503", Fate::Answer(503), 0),
        ("503-after", Fate::Answer(503), 1),
        ("429", Fate::Answer(429), 0),
        ("close", Fate::Closed, 0),
        ("close-after", Fate::Closed, 1),
        ("garbage", Fate::Gibberish(201), 1),
        ("hang", Fate::Silence(None), 0),
        ("hang-after", Fate::Silence(None), 1),
        ("html", Fate::Gibberish(502), 0),
        ("html/200", Fate::Gibberish(200), 0),
        ("html-after/201", Fate::Gibberish(201), 1),
        ("redirect/302", Fate::Gibberish(302), 0),
        ("redirect", Fate::Gibberish(307), 0),
        ("reset", Fate::Reset, 0),
        ("reset-after", Fate::Reset, 1),
        ("slow/10m", Fate::Silence(None), 1),
        ("slow/1ms", Fate::Answer(201), 1),
        ("stall", Fate::Silence(Some(201)), 1),
        ("truncate", Fate::Half(201), 1),
    ] {
        let caller = Caller::new(with(&format!("post:2={fault}")));
        let control = caller.running.control();
        assert_eq!(caller.post_fate(PATIENCE).await, Fate::Answer(201), "{fault}: the first");
        assert_eq!(caller.post_fate(fate.patience()).await, fate, "{fault}");
        assert_eq!(caller.post_fate(PATIENCE).await, Fate::Answer(201), "{fault}: the third");
        assert_eq!(control.batches().len(), 2 + taken, "{fault}");
        let charged: usize = control.batches().iter().map(|batch| batch.found * 40).sum();
        let left = 1_000_000 - u64::try_from(charged).unwrap();
        assert_eq!(caller.balance().await, left, "{fault}");
        assert_eq!(control.count(Endpoint::Submit(Kind::Bulk)), 3, "{fault}: nothing was repeated");
        assert_eq!(control.count(Endpoint::Elsewhere), 0, "{fault}: nothing was followed");
        let status = match fate {
            Fate::Answer(status) | Fate::Gibberish(status) | Fate::Half(status) => Some(status),
            Fate::Silence(status) => status,
            Fate::Closed | Fate::Refused | Fate::Reset => None,
        };
        let noted = &control.requests()[1];
        assert_eq!((noted.status, noted.taken.is_some()), (status, taken == 1), "{fault}");
    }
}

#[tokio::test]
async fn a_get_is_lost_as_ordered() {
    for (fault, fate) in [
        ("500", Fate::Answer(500)),
        ("429/7", Fate::Answer(429)),
        ("close", Fate::Closed),
        ("garbage", Fate::Gibberish(200)),
        ("hang", Fate::Silence(None)),
        ("html/200", Fate::Gibberish(200)),
        ("redirect/302", Fate::Gibberish(302)),
        ("reset", Fate::Reset),
        ("slow/10m", Fate::Silence(None)),
        ("stall", Fate::Silence(Some(200))),
        ("truncate", Fate::Half(200)),
    ] {
        let caller = Caller::new(with(&format!("get:1={fault},account:2={fault}")));
        let id = caller.submit(0..2).await;
        for path in [&format!("/phone/bulk?id={id}"), "/account/info"] {
            let fates = [
                Fate::of(caller.request(path), fate.patience()).await,
                Fate::of(caller.request(path), fate.patience()).await,
            ];
            let at = usize::from(path == "/account/info");
            assert_eq!(fates[at], fate, "{path}: {fault}");
            assert_eq!(fates[1 - at], Fate::Answer(200), "{path}: {fault}");
        }
    }
}

#[tokio::test]
async fn an_error_says_when_to_come_back_and_a_redirect_where_to_go() {
    let caller = Caller::new(with("get:1=429/1500ms,get:2=redirect/302"));
    let limited = caller.fetch("x").await;
    limited.says(429, "Too Many Requests");
    assert_eq!(limited.headers["retry-after"], "2");
    let moved = caller.request("/phone/bulk?id=x").send().await.unwrap();
    assert_eq!(moved.headers()["location"], "/redirected/phone/bulk?id=x");
}

#[tokio::test]
async fn nothing_listens_before_a_refused_request() {
    let caller = Caller::new(with("post:2=refuse/10m"));
    let control = caller.running.control();
    let heard = caller.post("/phone/bulk", &batch(0..2)).await;
    assert_eq!(heard.status, 201);
    assert_eq!(heard.headers["connection"], "close");
    for _ in 0..3 {
        assert_eq!(caller.post_fate(PATIENCE).await, Fate::Refused);
    }
    assert_eq!(Fate::of(caller.request("/account/info"), PATIENCE).await, Fate::Refused);
    control.reopen().unwrap();
    assert_eq!(caller.post_fate(PATIENCE).await, Fate::Answer(201));
    assert_eq!((control.posts(), control.batches().len()), (2, 2));
}

#[tokio::test]
async fn a_refusal_ends_by_the_clock() {
    let caller = Caller::new(with("post:1=refuse/50ms"));
    let at_last = async {
        loop {
            match caller.post_fate(PATIENCE).await {
                Fate::Refused => {}
                fate => return fate,
            }
        }
    };
    let fate = tokio::time::timeout(PATIENCE, at_last).await.unwrap();
    assert_eq!(fate, Fate::Answer(201));
    assert_eq!(caller.running.control().posts(), 1);
}

#[tokio::test]
async fn the_listener_can_be_shut_and_opened_by_hand() {
    let caller = Caller::new(Settings::default());
    let control = caller.running.control();
    assert_eq!(caller.post_fate(PATIENCE).await, Fate::Answer(201));
    control.shut();
    // Nobody else gets the port.
    let taken = std::net::TcpListener::bind(caller.running.url().trim_start_matches("http://"))
        .unwrap_err();
    assert_eq!(taken.kind(), io::ErrorKind::AddrInUse);
    // What is written on an idle connection before its end is noticed is lost instead.
    let refused = async { while caller.post_fate(PATIENCE).await != Fate::Refused {} };
    tokio::time::timeout(PATIENCE, refused).await.unwrap();
    assert_eq!(control.posts(), 1);
    control.reopen().unwrap();
    assert_eq!(caller.post_fate(PATIENCE).await, Fate::Answer(201));
    assert_eq!(control.posts(), 2);
}

/// A process that is just being started has all sockets of this one for a moment.
#[cfg(target_os = "linux")]
#[test]
fn nothing_listens_though_processes_are_started() {
    use std::sync::atomic::{AtomicBool, Ordering};
    let sandbox = enrow_phone::sandbox::Sandbox::start(Settings::default(), 0).unwrap();
    let control = sandbox.control();
    let address = sandbox.url().trim_start_matches("http://");
    let is_over = AtomicBool::new(false);
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                while !is_over.load(Ordering::Relaxed) {
                    std::process::Command::new("true").status().unwrap();
                }
            });
        }
        let wrong = (0..200).filter(|_| {
            control.shut();
            std::net::TcpStream::connect(address).is_ok() || control.reopen().is_err()
        });
        let wrong = wrong.count();
        is_over.store(true, Ordering::Relaxed);
        assert_eq!(wrong, 0);
    });
}

#[tokio::test]
async fn a_request_is_answered_though_the_listener_is_shut_meanwhile() {
    let caller = Caller::new(with("get:1=slow/100ms"));
    let control = caller.running.control();
    let id = caller.submit(0..1).await;
    let shut = async {
        while control.polls() == 0 {
            tokio::task::yield_now().await;
        }
        control.shut();
    };
    let (heard, ()) = tokio::join!(caller.fetch(&id), shut);
    assert_eq!(heard.status, 200);
    assert_eq!(caller.post_fate(PATIENCE).await, Fate::Refused);
}

#[tokio::test]
async fn credits_can_be_spent_by_somebody_else() {
    let caller = Caller::new(Settings {
        credits: 100,
        faults: "post:2=spend/30".parse().unwrap(),
        ..held()
    });
    assert_eq!(caller.post_fate(PATIENCE).await, Fate::Answer(201));
    assert_eq!(caller.post_fate(PATIENCE).await, Fate::Answer(402));
    let credits = caller.running.control().credits();
    assert_eq!((credits.balance(), credits.reserved, credits.spent_elsewhere), (0, 80, 20));
}

#[tokio::test]
async fn the_limit_can_be_lower_for_a_while() {
    let caller = Caller::new(with("post:1=limit/1"));
    let heard = caller.post("/phone/bulk", &batch(0..2)).await;
    heard.says(400, "Too many searches. Limit is currently at 1 per batch.");
    assert_eq!(caller.post_fate(PATIENCE).await, Fate::Answer(201));
}

#[tokio::test]
async fn a_poisoned_search_refuses_its_batch_by_name_or_without() {
    let caller = Caller::new(with("search:PERSON-3=poison,search:acme.example=poison-unnamed"));
    let heard = caller.post("/phone/bulk", &batch(1..5)).await;
    heard.says(400, "Missing mandatory property on search n°3 of 4");
    caller.submit(0..3).await;
    let mut body = batch(0..1);
    body["searches"][0] =
        json!({"firstname": "A", "lastname": "B", "company_domain": "acme.example"});
    let heard = caller.post("/phone/bulk", &body).await;
    heard.says(400, "Invalid linkedin_url");
    let heard = caller.post("/phone/single", &json!({"linkedin_url": url(3)})).await;
    heard.says(400, "Missing mandatory property");
    assert_eq!(caller.running.control().batches().len(), 1);
}

#[tokio::test]
async fn a_late_batch_is_unknown_at_first() {
    let caller = Caller::new(with("batch:1=late/2,batch:2=late/10m"));
    let (first, second) = (caller.submit(0..1).await, caller.submit(1..2).await);
    for _ in 0..2 {
        caller.fetch(&first).await.says(400, "Could not retrieve bulk search results");
    }
    assert_eq!(caller.fetch(&first).await.status, 200);
    for _ in 0..5 {
        assert_eq!(caller.fetch(&second).await.status, 400);
    }
    assert_eq!(caller.running.control().batches()[0].polls, 3);
}

#[tokio::test]
async fn a_failed_batch_is_refunded() {
    let caller = Caller::new(with("batch=failed"));
    let id = caller.submit(0..5).await;
    caller.fetch(&id).await.is(
        200,
        json!({"general": {"id": id, "status": "failed"},
            "stats": {"credits_cost": 0, "credits_to_refund": 200, "found": 0, "requested": 5}}),
    );
    assert_eq!(caller.balance().await, 1_000_000);
}

#[tokio::test]
async fn a_stuck_batch_never_ends_by_itself() {
    let caller = Caller::new(with("batch=stuck"));
    let id = caller.submit(0..5).await;
    for _ in 0..3 {
        caller.fetch(&id).await.is(
            200,
            json!({"general": {"id": id, "status": "ongoing"}, "stats": {"finished": 2, "requested": 5}}),
        );
    }
    caller.running.control().release();
    assert_eq!(caller.fetch(&id).await.body["general"]["status"], "completed");
}

/// The results of seven people whose batch has these faults.
async fn results(faults: &str) -> Vec<Value> {
    let caller = Caller::new(Settings { found_percent: 100, ..with(faults) });
    let id = caller.submit(0..7).await;
    let body = caller.fetch(&id).await.body;
    assert_eq!(body["general"]["status"], "completed", "{faults}");
    body["results"].as_array().unwrap().clone()
}

fn number(person: usize) -> Value {
    let search = Search::profile(url(person));
    match search.answer(100) {
        Answer::Found { number, .. } => number.into(),
        Answer::NotFound => panic!("all are found"),
    }
}

fn indexes(results: &[Value]) -> Vec<u64> {
    results.iter().map(|result| result["index"].as_u64().unwrap()).collect()
}

#[tokio::test]
async fn results_can_be_missing_doubled_or_too_many() {
    assert_eq!(indexes(&results("batch=holes/3").await), [0, 1, 3, 4, 6]);
    assert_eq!(indexes(&results("batch=holes/100").await), [0, 1, 2, 3, 4, 5]);
    let doubled = results("batch=duplicated/3").await;
    assert_eq!(indexes(&doubled), [0, 1, 2, 3, 4, 5, 6, 2, 5]);
    assert_eq!((&doubled[2], &doubled[5]), (&doubled[7], &doubled[8]));
    let contradicted = results("batch=contradicted/4").await;
    assert_eq!(indexes(&contradicted), [0, 1, 2, 3, 4, 5, 6, 3]);
    assert_eq!(contradicted[3]["params"], contradicted[7]["params"]);
    assert_ne!(contradicted[3]["number"], contradicted[7]["number"]);
    let extra = results("batch=extra").await;
    assert_eq!(indexes(&extra), [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    let strange = extra[7]["params"]["linkedin_url"].as_str().unwrap();
    assert!(strange.contains("stranger") && extra[7]["number"].is_string());
}

#[tokio::test]
async fn results_can_be_in_the_wrong_place() {
    let shuffled = results("batch=shuffled").await;
    let order = indexes(&shuffled);
    assert_ne!(order, [0, 1, 2, 3, 4, 5, 6]);
    assert_eq!(order.iter().collect::<HashSet<_>>().len(), 7);
    for (result, person) in shuffled.iter().zip(order) {
        assert_eq!(result["number"], number(usize::try_from(person).unwrap()));
    }
    let misnumbered = results("batch=misnumbered").await;
    assert_eq!(indexes(&misnumbered), [1, 2, 3, 4, 5, 6, 0]);
    assert_eq!(misnumbered[0]["number"], number(0));
    assert_eq!(misnumbered[0]["params"]["linkedin_url"], url(0) + "/");
    let strangers = results("batch=strangers/7").await;
    assert_eq!(strangers[6]["index"], 6);
    assert_ne!(strangers[6]["number"], number(6));
    assert_ne!(strangers[6]["params"]["linkedin_url"], url(6) + "/");
    assert_eq!(strangers[5]["number"], number(5));
}

#[tokio::test]
async fn results_can_be_written_oddly() {
    let texts: Vec<_> =
        results("batch=text-index").await.iter().map(|result| result["index"].clone()).collect();
    assert_eq!(texts, ["0", "1", "2", "3", "4", "5", "6"]);
    let bad = results("batch=bad-number/7").await;
    let bare = number(6).as_str().unwrap().trim_start_matches('+').to_owned();
    assert_eq!((&bad[6]["number"], &bad[5]["number"]), (&bare.into(), &number(5)));
    let odd = results("batch=unqualified/7").await;
    assert_eq!(odd[6]["qualification"], "probable");
    assert!(odd[6]["number"].is_string());
    assert!(results("batch=no-params").await.iter().all(|result| result.get("params").is_none()));
    assert!(results("batch=no-index").await.iter().all(|result| result.get("index").is_none()));
}

#[tokio::test]
async fn a_completed_batch_can_lack_its_results() {
    let caller = Caller::new(with("batch=no-results"));
    let id = caller.submit(0..2).await;
    let body = caller.fetch(&id).await.body;
    assert_eq!(body["general"]["status"], "completed");
    assert!(body.get("results").is_none());
}

#[tokio::test]
async fn a_completed_batch_can_have_unfinished_results_for_a_while_or_for_ever() {
    let caller = Caller::new(with("batch:1=ongoing/2,batch:2=ongoing"));
    let (first, second) = (caller.submit(0..4).await, caller.submit(0..4).await);
    for poll in 1..=4 {
        let unfinished = |body: &Value| {
            let results = body["results"].as_array().unwrap().iter();
            results.map(|result| result["qualification"] == "ongoing").collect::<Vec<_>>()
        };
        let first = unfinished(&caller.fetch(&first).await.body);
        assert_eq!(first, [false, false, poll <= 2, false], "poll {poll}");
        let second = unfinished(&caller.fetch(&second).await.body);
        assert_eq!(second, [false, false, true, false], "poll {poll}");
    }
}

#[tokio::test]
async fn a_single_search_can_go_wrong_too() {
    let caller = Caller::new(Settings {
        found_percent: 100,
        ..with("post:2=reset-after,batch:1=unqualified,batch:3=late/1,batch:4=holes")
    });
    let post = || async {
        let heard = caller.post("/phone/single", &json!({"linkedin_url": url(1)})).await;
        format!("/phone/single?id={}", heard.body["id"].as_str().unwrap())
    };
    let first = post().await;
    let first = caller.get(&first).await;
    assert_eq!((first.status, &first.body["qualification"]), (200, &"probable".into()));
    let url = format!("{}/phone/single", caller.running.url());
    let lost = caller.client.post(url).header("x-api-key", "key");
    let lost = lost.json(&json!({"linkedin_url": "https://www.linkedin.com/in/lost"}));
    assert_eq!(Fate::of(lost, PATIENCE).await, Fate::Reset);
    assert_eq!(caller.running.control().batches().len(), 2);
    let late = post().await;
    assert_eq!(caller.get(&late).await.status, 500);
    assert_eq!(caller.get(&late).await.status, 200);
    let whole = post().await;
    assert_eq!(caller.get(&whole).await.body["number"], number(1));
}

#[tokio::test]
async fn a_share_of_requests_can_fail() {
    let caller = Caller::new(with("get:30%=503"));
    let mut failed = 0;
    for _ in 0..100 {
        failed += usize::from(caller.fetch("x").await.status == 503);
    }
    assert!((20..40).contains(&failed), "{failed}");
}

#[tokio::test]
async fn faults_can_come_and_go_while_it_runs() {
    let caller = Caller::new(Settings::default());
    let control = caller.running.control();
    assert_eq!(caller.post_fate(PATIENCE).await, Fate::Answer(201));
    control.change(|settings| settings.faults.push("post:2=503".parse().unwrap()));
    control.change(|settings| settings.faults.push("post:3-=reset".parse().unwrap()));
    assert_eq!(caller.post_fate(PATIENCE).await, Fate::Answer(503));
    assert_eq!(caller.post_fate(PATIENCE).await, Fate::Reset);
    control.change(|settings| settings.faults = Faults::default());
    control.change(|settings| settings.faults.push("post:5=refuse/10m".parse().unwrap()));
    assert_eq!(caller.post_fate(PATIENCE).await, Fate::Answer(201));
    assert_eq!(caller.post_fate(PATIENCE).await, Fate::Refused);
}

#[tokio::test]
async fn a_bad_day_makes_and_loses_no_credit() {
    let caller = Caller::new(Settings {
        credits: 2000,
        posts_per_second: 1000,
        ..with(
            "post:3=reset-after,post:5=503-after,post:7=truncate,post:9=spend/200,post:30%=reset,batch:2=failed,\
             batch:4=holes,batch:5=stuck,batch:7=late/2",
        )
    });
    let control = caller.running.control();
    for _ in 0..40 {
        caller.post_fate(PATIENCE).await;
    }
    let (batches, now) = (control.batches(), tokio::time::Instant::now());
    let running: usize =
        batches.iter().filter(|batch| !batch.is_over(now)).map(|batch| batch.requested * 40).sum();
    assert_eq!(control.credits().reserved, u64::try_from(running).unwrap());
    assert_eq!(running, 80);
    assert_eq!(control.credits().spent_elsewhere, 200);
}

#[tokio::test]
async fn a_caller_who_stops_waiting_is_on_record() {
    let caller = Caller::new(with("post:1=hang,post:2=slow/10m"));
    let control = caller.running.control();
    let mut requests = control.follow();
    assert_eq!(caller.post_fate(NEVER).await, Fate::Silence(None));
    assert_eq!(caller.post_fate(NEVER).await, Fate::Silence(None));
    let lines = async {
        [requests.recv().await.unwrap().to_string(), requests.recv().await.unwrap().to_string()]
    };
    let lines = tokio::time::timeout(PATIENCE, lines).await.unwrap();
    let id = &control.batches()[0].id;
    assert_eq!(
        lines,
        [
            "POST /phone/bulk, 2 searches: no answer".to_owned(),
            format!("POST /phone/bulk, 2 searches: no answer, batch 1, taken as {id}")
        ]
    );
}
