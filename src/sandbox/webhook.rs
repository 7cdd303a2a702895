//! Telling a webhook that a batch is over.

use super::state::Shared;
use super::types::{Delivery, WebhookCall};
use crate::loopback::is_loopback;
use reqwest::{Client, redirect};
use rustls::crypto::{CryptoProvider, ring};
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;
use tokio::time::sleep_until;
use url::Url;

/// Waits until a batch is over and tells its webhook, once. The control shows what came of it.
pub(super) async fn notify(shared: Arc<Shared>, number: usize, url: Url) {
    over(&shared, number).await;
    let (id, body) = shared.read(|state, _| {
        let batch = &state.batches[number];
        (batch.id.clone(), batch.notification().to_string())
    });
    let outcome = if is_loopback(&url) {
        deliver(&url, body)
            .await
            .map_or_else(|error| Delivery::Failed(error.to_string()), Delivery::Answered)
    } else {
        Delivery::NotSent
    };
    let url = url.to_string();
    shared.change(|state, _| state.log.told.push(WebhookCall { id, outcome, url }));
}

async fn over(shared: &Shared, number: usize) {
    loop {
        // Made before the look, so that no change is missed in between.
        let changed = shared.changed();
        let (is_over, ends) = shared.read(|state, now| {
            let batch = &state.batches[number];
            (batch.is_over(now), batch.ends())
        });
        match ends {
            _ if is_over => return,
            Some(end) => sleep_until(end).await,
            None => changed.await,
        }
    }
}

async fn deliver(url: &Url, body: String) -> reqwest::Result<u16> {
    if CryptoProvider::get_default().is_none() {
        // Fails only where another thread was faster, which is as good.
        drop(ring::default_provider().install_default());
    }
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
