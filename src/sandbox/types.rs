//! Small types that several files of the sandbox share.

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Endpoint {
    /// GET /account/info
    Account,
    /// Anything the API does not have.
    Elsewhere,
    /// GET /phone/bulk or /phone/single
    Poll(Kind),
    /// POST /phone/bulk or /phone/single
    Submit(Kind),
}

impl Endpoint {
    pub(super) fn of(method: &str, path: &str) -> Self {
        match (method, path) {
            ("GET", "/account/info") => Self::Account,
            ("GET", "/phone/bulk") => Self::Poll(Kind::Bulk),
            ("GET", "/phone/single") => Self::Poll(Kind::Single),
            ("POST", "/phone/bulk") => Self::Submit(Kind::Bulk),
            ("POST", "/phone/single") => Self::Submit(Kind::Single),
            _ => Self::Elsewhere,
        }
    }
}

/// The two kinds of search. They word the same refusal differently.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Bulk,
    Single,
}
