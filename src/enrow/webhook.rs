//! Where Enrow tells that a batch is done.

use crate::loopback::is_loopback;
use std::str::FromStr;
use url::Url;

/// An address that Enrow tells when a batch is done: `https` only, since the notice names the account's batches.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Webhook(String);

impl Webhook {
    pub(super) fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Webhook {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let url = Url::parse(text.trim()).map_err(|error| format!("not a URL: {error}"))?;
        match url.scheme() {
            "https" => Ok(Self(url.into())),
            "http" if is_loopback(&url) => Ok(Self(url.into())),
            _ => Err("Enrow notifies `https` addresses only".to_owned()),
        }
    }
}
