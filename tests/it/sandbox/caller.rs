//! A caller that knows HTTP and nothing else.

use enrow_phone::sandbox::{Pace, Sandbox, Settings};
use serde_json::{Value, json};
use std::borrow::Borrow;

/// Somebody who talks to a sandbox.
pub(crate) struct Caller {
    pub(crate) client: reqwest::Client,
    pub(crate) key: &'static str,
    pub(crate) running: Sandbox,
}

/// An answer as it came.
pub(crate) struct Heard {
    pub(crate) status: u16,
    pub(crate) headers: reqwest::header::HeaderMap,
    pub(crate) body: Value,
}

impl Caller {
    pub(crate) fn new(settings: Settings) -> Self {
        let provider = rustls::crypto::ring::default_provider();
        drop(provider.install_default());
        let client = reqwest::Client::builder()
            .no_proxy()
            .tls_certs_only([])
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never())
            .build()
            .unwrap();
        Self { client, key: "key", running: Sandbox::start(settings, 0).unwrap() }
    }

    pub(crate) async fn get(&self, path: &str) -> Heard {
        let url = format!("{}{path}", self.running.url());
        Heard::from(self.client.get(url).header("x-api-key", self.key)).await
    }

    pub(crate) async fn post(&self, path: &str, body: &Value) -> Heard {
        let url = format!("{}{path}", self.running.url());
        let request = self.client.post(url).header("x-api-key", self.key);
        Heard::from(request.json(body)).await
    }

    /// Submits people by profile and returns the batch's id.
    pub(crate) async fn submit(&self, people: std::ops::Range<usize>) -> String {
        let heard = self.post("/phone/bulk", &batch(people)).await;
        assert_eq!(heard.status, 201, "{}", heard.body);
        heard.body["id"].as_str().unwrap().to_owned()
    }

    pub(crate) async fn fetch(&self, id: &str) -> Heard {
        self.get(&format!("/phone/bulk?id={id}")).await
    }

    pub(crate) async fn balance(&self) -> u64 {
        self.get("/account/info").await.body["credits"].as_u64().unwrap()
    }
}

impl Heard {
    pub(crate) async fn from(request: reqwest::RequestBuilder) -> Self {
        let response = request.send().await.unwrap();
        Self {
            status: response.status().as_u16(),
            headers: response.headers().clone(),
            body: response.json().await.unwrap(),
        }
    }

    #[track_caller]
    pub(crate) fn is(&self, status: u16, body: impl Borrow<Value>) {
        assert_eq!((self.status, &self.body), (status, body.borrow()));
    }

    #[track_caller]
    pub(crate) fn says(&self, status: u16, message: &str) {
        self.is(status, json!({ "message": message }));
    }
}

pub(crate) fn url(person: usize) -> String {
    format!("https://www.linkedin.com/in/person-{person}")
}

pub(crate) fn batch(people: std::ops::Range<usize>) -> Value {
    let searches: Vec<_> = people
        .map(|person| json!({"linkedin_url": url(person), "custom": format!("row {person}")}))
        .collect();
    json!({ "searches": searches })
}

/// A documented example, about the batch with this id.
pub(crate) fn documented(name: &str, id: &str) -> Value {
    let path = format!("{}/fixtures/api/{name}.json", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(path).unwrap();
    serde_json::from_str(&text.replace("e3b61122-d6a6-4ea7-b331-9b734682a76a", id)).unwrap()
}

/// A sandbox whose batches end when they are told to.
pub(crate) fn held() -> Settings {
    Settings { pace: Pace::Held, ..Settings::default() }
}
