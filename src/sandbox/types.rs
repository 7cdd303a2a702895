//! Small types that several files of the sandbox share.

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Endpoint {
    /// GET /account/info
    Account,
    /// Anything the API does not have.
    Elsewhere,
    /// GET /phone/bulk
    PollBulk,
    /// GET /phone/single
    PollSingle,
    /// POST /phone/bulk
    SubmitBulk,
    /// POST /phone/single
    SubmitSingle,
}

impl Endpoint {
    pub(super) fn of(method: &str, path: &str) -> Self {
        match (method, path) {
            ("GET", "/account/info") => Self::Account,
            ("GET", "/phone/bulk") => Self::PollBulk,
            ("GET", "/phone/single") => Self::PollSingle,
            ("POST", "/phone/bulk") => Self::SubmitBulk,
            ("POST", "/phone/single") => Self::SubmitSingle,
            _ => Self::Elsewhere,
        }
    }

    pub fn is_post(self) -> bool {
        matches!(self, Self::SubmitBulk | Self::SubmitSingle)
    }
}

/// The two kinds of search. They word the same refusal differently.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Bulk,
    Single,
}

/// A call of a webhook.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WebhookCall {
    /// The status of its answer, or why it could not be called.
    pub outcome: Result<u16, String>,
    pub url: String,
}
