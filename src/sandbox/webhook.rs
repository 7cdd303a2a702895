//! Telling a webhook that a batch is over.

use super::batch::Stage;
use super::refusal::Asked;
use super::shapes::{Notification, Spent};
use super::shared::Shared;
use super::validate::is_loopback;
use reqwest::{Client, redirect};
use rustls::crypto::{CryptoProvider, ring};
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;
use tokio::time::sleep_until;
use url::Url;

/// A notification, sent or not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WebhookCall {
    /// The batch it is about.
    pub id: String,
    /// What came of it.
    pub outcome: Delivery,
    /// Where it goes.
    pub url: String,
}

/// What came of a notification.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Delivery {
    /// The webhook answered with this status.
    Answered(u16),
    /// The webhook could not be reached.
    Failed(String),
    /// The webhook is not on this machine: the sandbox speaks to nobody else.
    NotSent,
}

/// Waits until a batch is over and tells its webhook, once. What came of it is in the control.
pub(super) async fn notify(shared: Arc<Shared>, number: usize, url: Url) {
    over(&shared, number).await;
    let (id, body) = shared.read(|state, _| {
        let batch = &state.batches[number];
        let notification = Notification {
            event: match batch.kind {
                Asked::Bulk => "bulk_phone_search_finished",
                Asked::Single => "single_phone_search_finished",
            },
            id: &batch.id,
            credits: Spent::from_subscription(batch.charge()),
        };
        let body = serde_json::to_vec(&notification).expect("the shapes have string keys only");
        (batch.id.clone(), body)
    });
    let outcome = if is_loopback(&url) {
        deliver(&url, body)
            .await
            .map_or_else(|error| Delivery::Failed(error.to_string()), Delivery::Answered)
    } else {
        Delivery::NotSent
    };
    let url = url.to_string();
    shared.with(|state, _| state.log.told.push(WebhookCall { id, outcome, url }));
}

async fn over(shared: &Shared, number: usize) {
    loop {
        // Made before the look, so that no change is missed in between.
        let changed = shared.changed();
        let (stage, ends) = shared.read(|state, now| {
            let batch = &state.batches[number];
            (batch.stage(now), batch.ends())
        });
        match (stage, ends) {
            (Stage::Completed | Stage::Failed, _) => return,
            (Stage::UnderWay, Some(end)) => sleep_until(end).await,
            (Stage::UnderWay, None) => changed.await,
        }
    }
}

async fn deliver(url: &Url, body: Vec<u8>) -> reqwest::Result<u16> {
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
