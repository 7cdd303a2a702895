//! Small types that several files of the sandbox share.

/// What a request is for.
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

    /// Whether it is a POST that may be paid for.
    pub fn is_post(self) -> bool {
        matches!(self, Self::SubmitBulk | Self::SubmitSingle)
    }

    /// Whether it asks for the state of a search.
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

/// A call of a webhook, sent or not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WebhookCall {
    /// The batch it is about.
    pub id: String,
    /// What came of it.
    pub outcome: Delivery,
    /// Where it goes.
    pub url: String,
}

/// What came of a call of a webhook.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Delivery {
    /// The webhook answered with this status.
    Answered(u16),
    /// The webhook could not be reached.
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
    /// As older pages and sister endpoints have it: 202 while a batch is under way, `index` in quotes, `stats.valid`,
    /// an object for `credits_cost`, 422 `Insufficient balance`.
    Older,
}
