//! The domain of a company, from a website or a domain.

mod shared;

use super::cell::{non_blank, parts};
use shared::Path;

/// A company's domain: a lower-case ASCII host without `www.`, scheme, port or path.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Domain(String);

impl Domain {
    /// Reads a website or a domain as people write it; if there are several in a cell, the first that is usable. `None` if
    /// none is the own host of a company: social networks, site builders, mail providers, e-mail addresses.
    pub fn parse(text: &str) -> Option<Self> {
        let text = non_blank(text)?;
        // Most cells are a host already.
        if text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b"-.".contains(&b))
        {
            return of_host(text, Path::None);
        }
        parts(text)
            .flat_map(|part| part.split([',', '|', '"']))
            .find_map(|part| reduce(part.trim()))
    }

    /// The domain of a host that [`Domain::parse`] returned before.
    pub(super) fn of_host(host: String) -> Self {
        Self(host)
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The domain of one website.
fn reduce(site: &str) -> Option<Domain> {
    let site = site.trim_matches(['<', '>', '\'', '(', ')', '[', ']']);
    let (authority, has_scheme) = match site.split_once("://") {
        Some((scheme, rest)) if scheme.bytes().all(|b| b.is_ascii_alphabetic()) => (rest, true),
        Some(_) => return None,
        None => (site.strip_prefix("//").unwrap_or(site), false),
    };
    let (authority, rest) = match authority.find(['/', '?', '#', '\\']) {
        Some(at) => authority.split_at(at),
        None => (authority, ""),
    };
    let has_page = rest.contains(char::is_alphanumeric);
    let path = if has_page { Path::Page } else { Path::None };
    let host = match authority.rsplit_once('@') {
        Some((_, host)) if has_scheme => host,
        // An e-mail address: its domain may be a mail provider's, or not that of the website.
        Some(_) => return None,
        None => authority,
    };
    let host = match host.split_once(':') {
        Some((host, port)) if port.bytes().all(|b| b.is_ascii_digit()) => host,
        Some(_) => return None,
        None => host,
    };
    of_host(&host.to_lowercase(), path)
}

fn of_host(host: &str, path: Path) -> Option<Domain> {
    let host = host.trim_end_matches('.');
    let host = host.strip_prefix("www.").unwrap_or(host);
    let host = if host.is_ascii() {
        host.to_owned()
    } else {
        // `müller.example` and its punycode are the same company.
        url::Host::parse(host).ok()?.to_string()
    };
    (is_host(&host) && !shared::is_shared(&host, path)).then_some(Domain(host))
}

/// Whether this has the form of a host on the public internet (RFC 1123, 2.1).
fn is_host(host: &str) -> bool {
    let is_label = |label: &str| {
        (1..=63).contains(&label.len())
            && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    let Some((rest, top)) = host.rsplit_once('.') else {
        return false;
    };
    let is_top =
        top.len() >= 2 && (top.bytes().all(|b| b.is_ascii_alphabetic()) || top.starts_with("xn--"));
    host.len() <= 253 && is_top && is_label(top) && rest.split('.').all(is_label)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn domain(text: &str) -> Option<String> {
        Domain::parse(text).map(|domain| domain.as_str().to_owned())
    }

    #[test]
    fn a_website_is_reduced_to_its_host() {
        for text in [
            "acme.example",
            "ACME.Example",
            " acme.example. ",
            "www.acme.example",
            "http://acme.example",
            "https://www.acme.example/about?x=1#y",
            "HTTPS://WWW.ACME.EXAMPLE",
            "https://acme.example:8443/",
            "https://user:secret@acme.example/",
            "//acme.example/",
            "acme.example/de",
            "<https://acme.example>",
            "acme.example; acme-group.example",
            "https://www.linkedin.com/company/acme, acme.example",
            "info@other.example, acme.example",
            "=HYPERLINK(\"https://acme.example\";\"Acme\")",
        ] {
            assert_eq!(domain(text).as_deref(), Some("acme.example"), "{text}");
        }
        assert_eq!(domain("https://www.müller.example").as_deref(), Some("xn--mller-kva.example"));
        assert_eq!(domain("shop.acme.co.uk").as_deref(), Some("shop.acme.co.uk"));
    }

    #[test]
    fn what_is_not_a_companys_own_host_is_no_domain() {
        for text in [
            "",
            "n/a",
            "Acme",
            "Acme Inc. Berlin",
            "acme example.org",
            "localhost",
            "192.168.1.1",
            "acme.12",
            "h2://acme.example",
            "acme.example:80a",
            "http://[::1]/",
            "acme.",
            ".example",
            "-acme.example",
            "a..example",
            "ada@acme.example",
            "mailto:ada@acme.example",
            "javascript:void(0)",
            "https://www.linkedin.com/company/acme",
            "de.linkedin.com",
            "facebook.com/acme",
            "https://x.com/acme",
            "twitter.com",
            "https://acme.wordpress.com",
            "https://sites.google.com/view/acme",
            "linktr.ee/acme",
            "gmail.com",
            "yahoo.co.uk",
            "GMX.de",
            "web.de",
            "crunchbase.com/organization/acme",
            "https://www.google.com/maps/place/Tallow+Works",
            "https://www.google.co.uk/search?q=acme",
            "https://maps.app.goo.gl/x1",
            "https://www.zoominfo.com/c/brightfen/1",
            "https://www.societe.com/societe/nordvik-1.html",
            "https://www.ycombinator.com/companies/quarry-lane",
            "https://lu.ma/holm",
            "lu.ma",
            "https://www.amazon.com/author/maxbrandt",
            "https://www.amazon.de/stores/acme",
            "https://www.yelp.fr/biz/acme",
            "https://find-and-update.company-information.service.gov.uk/company/1",
            "https://github.com/acme",
            "https://acme.github.io",
            "https://beacons.ai/acme",
            "https://wetransfer.com/downloads/1",
            "https://app.hubspot.com/contacts/1/company/2",
            "https://podcasts.apple.com/us/podcast/acme/id1",
            "https://maps.apple.com/?q=acme",
            "https://figma.com/@acme",
            "https://zoom.us/j/1",
            "https://www.11880.com/branchenbuch/acme",
            "https://www.psychologytoday.com/profile/1",
            "https://www.qcc.com/firm/acme.html",
            "https://hopp.bio/acme",
            "https://www.eventbrite.de/o/acme-1",
            "3.5",
        ] {
            assert_eq!(domain(text), None, "{text}");
        }
    }

    #[test]
    fn a_host_that_only_ends_like_a_shared_one_is_its_own() {
        for text in [
            "netflix.com", "acmegmail.com", "xerox.com", "notfacebook.com", "sonymusic.com",
            "google.com", "zoominfo.com",
        ] {
            assert_eq!(domain(text).as_deref(), Some(text));
        }
    }

    proptest! {
        #[test]
        fn a_domain_is_read_back_as_itself(text in "\\PC{0,24}(\\.[a-z]{2,3})?") {
            if let Some(once) = domain(&text) {
                prop_assert_eq!(domain(&once), Some(once));
            }
        }
    }
}
