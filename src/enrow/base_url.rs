//! Which API is asked.

use crate::loopback::is_loopback;
use std::fmt;
use std::str::FromStr;
use url::Url;

/// The base address of an API: `https`, or plain `http` on this machine only.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct BaseUrl(Url);

impl BaseUrl {
    /// The scope of the ledger of a sandbox.
    pub(crate) const SANDBOX: &str = "a sandbox on this machine";

    pub(crate) const LIVE: &str = "https://api.enrow.io";

    pub(crate) fn is_live(&self) -> bool {
        self.to_string() == Self::LIVE
    }

    /// Whether it is on this machine: a sandbox, so that no proxy is asked and no certificates are loaded.
    pub(crate) fn is_loopback(&self) -> bool {
        is_loopback(&self.0)
    }

    /// Whose answers a ledger of this API holds. All addresses of this machine count as one, since a sandbox takes
    /// another port each time.
    pub(crate) fn ledger_scope(&self) -> String {
        if self.is_loopback() {
            Self::SANDBOX.to_owned()
        } else {
            self.0.as_str().trim_end_matches('/').to_owned()
        }
    }

    pub(super) fn url(&self, path: &str) -> String {
        format!("{}{path}", self.0.as_str().trim_end_matches('/'))
    }
}

impl FromStr for BaseUrl {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let url = Url::parse(text.trim()).map_err(|error| format!("not a URL: {error}"))?;
        if !url.username().is_empty()
            || url.password().is_some()
            || url.query().is_some()
            || url.fragment().is_some()
        {
            return Err("only scheme, host, port and path are taken".to_owned());
        }
        let base_url = Self(url);
        match base_url.0.scheme() {
            "https" => Ok(base_url),
            "http" if base_url.is_loopback() => Ok(base_url),
            "http" => Err("plain http would show the API key to the network; use https".to_owned()),
            scheme => Err(format!("`{scheme}` is not https")),
        }
    }
}

impl fmt::Display for BaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.as_str().trim_end_matches('/'))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_http_is_for_this_machine_only() {
        for good in [
            "https://api.enrow.io", "http://127.0.0.1:8080", "http://localhost:1",
            "http://[::1]:9/x",
        ] {
            assert!(good.parse::<BaseUrl>().is_ok(), "{good}");
        }
        for bad in [
            "http://api.enrow.io", "http://127.0.0.1.example", "ftp://x", "api.enrow.io",
            "https://u:p@api.enrow.io",
        ] {
            assert!(bad.parse::<BaseUrl>().is_err(), "{bad}");
        }
    }
}
