//! The proxy that the environment names. The HTTP library skips an address that it cannot read, and would then go past the
//! proxy.

use std::ffi::OsStr;
use url::Url;

/// In the order in which the HTTP library looks. Of each group the first one that is set counts.
const VARIABLES: [[&str; 2]; 2] = [["HTTPS_PROXY", "https_proxy"], ["ALL_PROXY", "all_proxy"]];

/// The variable that should name a proxy and does not. Its value may hold a password, so nothing else is said.
pub(crate) fn malformed_proxy() -> Option<&'static str> {
    first_malformed(std::env::var_os)
}

fn first_malformed<V: AsRef<OsStr>>(
    value: impl Fn(&'static str) -> Option<V>,
) -> Option<&'static str> {
    for group in VARIABLES {
        let set = group.into_iter().find_map(|name| value(name).map(|value| (name, value)));
        match set {
            Some((_, value)) if value.as_ref().is_empty() => {}
            Some((_, value)) if is_proxy(value.as_ref()) => return None,
            Some((name, _)) => return Some(name),
            None => {}
        }
    }
    None
}

fn is_proxy(value: &OsStr) -> bool {
    let Some(text) = value.to_str().filter(|text| text.bytes().all(|b| b.is_ascii_graphic()))
    else {
        return false;
    };
    let url =
        if text.contains("://") { Url::parse(text) } else { Url::parse(&format!("http://{text}")) };
    url.is_ok_and(|url| {
        matches!(url.scheme(), "http" | "https") && url.has_host() && url.path() == "/"
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_that_would_be_skipped_is_named() {
        let check = |variables: &[(&str, &'static str)]| {
            first_malformed(|name| {
                variables.iter().find(|(known, _)| *known == name).map(|(_, value)| *value)
            })
        };
        for good in
            ["http://proxy:3128", "https://u:p@proxy.example", "proxy:3128", "10.0.0.1:80", ""]
        {
            assert_eq!(check(&[("HTTPS_PROXY", good)]), None, "{good}");
        }
        for bad in [
            "http//proxy:3128", "http://", "http://pro xy", "proxy:port", "socks5://proxy",
            "ftp://proxy", "://",
        ] {
            assert_eq!(check(&[("https_proxy", bad)]), Some("https_proxy"), "{bad}");
        }
        assert_eq!(check(&[]), None);
        assert_eq!(check(&[("ALL_PROXY", "http//x")]), Some("ALL_PROXY"));
        assert_eq!(check(&[("HTTPS_PROXY", "proxy:80"), ("ALL_PROXY", "http//x")]), None);
        assert_eq!(check(&[("HTTPS_PROXY", ""), ("all_proxy", "http//x")]), Some("all_proxy"));
    }
}
