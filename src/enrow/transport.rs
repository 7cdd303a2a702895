//! Why a request got no answer.

use super::message;
use std::error::Error;

/// The message for a request that was given up.
pub(super) const SILENT: &str = "no answer within the time allowed";

/// The root cause of an error, without the URL: the caller names it.
pub(super) fn reason(error: &reqwest::Error) -> String {
    if error.is_timeout() && !error.is_connect() {
        return SILENT.to_owned();
    }
    let mut cause = error.source();
    let mut message = String::new();
    while let Some(error) = cause {
        message = error.to_string();
        cause = error.source();
    }
    if message.is_empty() { message::clean(&error.to_string()) } else { message::clean(&message) }
}

/// Whether the certificate at the other end was the trouble.
pub(super) fn is_untrusted(error: &reqwest::Error) -> bool {
    let mut cause = error.source();
    while let Some(error) = cause {
        if let Some(rustls::Error::InvalidCertificate(_)) = error.downcast_ref() {
            return true;
        }
        // What an I/O error carries is not its source.
        cause = match error.downcast_ref::<std::io::Error>().and_then(|error| error.get_ref()) {
            Some(carried) => Some(carried),
            None => error.source(),
        };
    }
    false
}
