//! Telling a webhook that a batch is over.

use super::state::Shared;
use crate::loopback::is_loopback;
use reqwest::{Client, redirect};
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;
use tokio::time::sleep;
use url::Url;

/// Waits until a batch is over and calls its webhook, once.
pub(super) async fn notify(shared: Arc<Shared>, number: usize, url: Url) {
    while !shared.read(|state, now| state.batches[number].is_over(now)) {
        sleep(Duration::from_millis(10)).await;
    }
    let body = shared.read(|state, _| state.batches[number].notification().to_string());
    let outcome = if is_loopback(&url) {
        deliver(&url, body).await.map_err(|error| error.to_string())
    } else {
        Err("not sent: it is not on this machine".to_owned())
    };
    shared.change(|state, _| state.batches[number].notified = Some(outcome));
}

async fn deliver(url: &Url, body: String) -> reqwest::Result<u16> {
    let client = Client::builder()
        .no_proxy()
        .redirect(redirect::Policy::none())
        .resolve("localhost", SocketAddr::from((Ipv4Addr::LOCALHOST, 0)))
        .timeout(Duration::from_secs(10))
        .tls_certs_only([])
        .build()?;
    let request = client.post(url.clone()).body(body);
    let request = request.header("content-type", "application/json");
    Ok(request.send().await?.status().as_u16())
}
