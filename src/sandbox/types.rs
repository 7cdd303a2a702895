//! Small types that several files of the sandbox share.

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
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

    pub fn is_poll(self) -> bool {
        matches!(self, Self::PollBulk | Self::PollSingle)
    }
}

/// The two kinds of search. They word the same refusal differently.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Bulk,
    Single,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WebhookCall {
    pub id: String,
    pub outcome: Delivery,
    pub url: String,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Delivery {
    Answered(u16),
    Failed(String),
    /// The webhook is not on this machine: the sandbox speaks to nobody else.
    NotSent,
}

/// Which of the documented forms the sandbox speaks where the reference pages of different dates disagree.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Shapes {
    /// As the pages have it today.
    #[default]
    Newest,
    /// As older pages and sister endpoints have it: 202 while a batch is running, `index` in quotes, `stats.valid`,
    /// an object for `credits_cost`, 422 `Insufficient balance`.
    Older,
}
