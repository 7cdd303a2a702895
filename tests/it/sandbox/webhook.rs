//! Webhooks are told on this machine, and nowhere else.

use super::caller::{Caller, batch, documented, held};
use enrow_phone::sandbox::{Control, Settings};
use serde_json::{Value, json};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

const PATIENCE: Duration = Duration::from_secs(30);

/// A webhook, and what it is told.
async fn hook() -> (String, UnboundedReceiver<Value>) {
    let (tell, told) = unbounded_channel();
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://localhost:{}/hook", listener.local_addr().unwrap().port());
    tokio::spawn(async move {
        let (mut caller, _) = listener.accept().await.unwrap();
        let mut request = Vec::new();
        loop {
            caller.read_buf(&mut request).await.unwrap();
            let text = String::from_utf8_lossy(&request);
            let body = text.split_once("\r\n\r\n").map(|(_, body)| serde_json::from_str(body));
            if let Some(Ok(body)) = body {
                assert!(text.starts_with("POST /hook HTTP/1.1\r\n"), "{text}");
                caller.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n").await.unwrap();
                tell.send(body).unwrap();
                return;
            }
        }
    });
    (url, told)
}

/// What came of the webhook of the first batch.
fn notified(control: &Control) -> Result<u16, String> {
    let is_over = |control: &Control| control.batches()[0].notified.is_some();
    assert!(control.wait_until(PATIENCE, is_over));
    control.batches()[0].notified.clone().unwrap()
}

#[tokio::test]
async fn a_webhook_on_this_machine_is_told_when_the_batch_ends() {
    let (url, mut told) = hook().await;
    let caller = Caller::new(Settings { found_percent: 100, ..held() });
    let control = caller.running.control();
    let mut body = batch(0..2);
    body["settings"] = json!({"webhook": url});
    let id = caller.post("/phone/bulk", &body).await.body["id"].clone();
    assert_eq!(control.batches()[0].webhook.as_ref().map(reqwest::Url::as_str), Some(url.as_str()));
    control.advance(1);
    assert!(told.try_recv().is_err());
    control.release();
    let heard = tokio::time::timeout(PATIENCE, told.recv()).await.unwrap().unwrap();
    assert_eq!(heard, documented("webhook", id.as_str().unwrap()));
    assert_eq!(notified(&control), Ok(200));
}

#[tokio::test]
async fn a_batch_that_ends_by_the_clock_tells_its_webhook_as_well() {
    let (url, mut told) = hook().await;
    let caller = Caller::new(Settings {
        pace: enrow_phone::sandbox::Pace::Takes(Duration::from_millis(20)),
        ..Settings::default()
    });
    let mut body = batch(0..1);
    body["settings"] = json!({"webhook": url});
    caller.post("/phone/bulk", &body).await;
    let heard = tokio::time::timeout(PATIENCE, told.recv()).await.unwrap().unwrap();
    assert_eq!(heard["event"], "bulk_phone_search_finished");
}

#[tokio::test]
async fn a_webhook_elsewhere_is_noted_and_not_told() {
    let caller = Caller::new(Settings::default());
    let mut body = batch(0..1);
    body["settings"] = json!({"webhook": "https://acme.example/hook"});
    caller.post("/phone/bulk", &body).await;
    let control = caller.running.control();
    assert!(notified(&control).unwrap_err().starts_with("not sent"));
    for bad in ["", "acme.example", "http://acme.example/hook", "ftp://127.0.0.1/"] {
        body["settings"] = json!({ "webhook": bad });
        caller.post("/phone/bulk", &body).await.says(400, "Invalid webhook");
    }
}

#[tokio::test]
async fn a_webhook_that_is_not_there_does_no_harm() {
    let caller = Caller::new(Settings::default());
    let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let mut body = batch(0..1);
    body["settings"] = json!({"webhook": format!("http://{closed}/")});
    caller.post("/phone/bulk", &body).await;
    let control = caller.running.control();
    notified(&control).unwrap_err();
}
