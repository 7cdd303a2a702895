//! One batch in JSON, for `status` and for the report of a run.

use crate::batch::BatchId;
use crate::ledger::{BatchRecord, BatchState, Owner};
use crate::units::{Credits, Moment};
use serde::Serialize;

/// A batch as JSON. Fields are only ever added.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct BatchJson {
    /// Since it was claimed.
    age_seconds: u64,
    #[serde(skip)]
    pub(crate) claimed: Moment,
    /// What it costs now: reserved less refunded; `null` if that is not known.
    pub(crate) credits: Option<Credits>,
    /// When a run saw that it is done (RFC 3339, UTC); `null` until then.
    ended: Option<String>,
    /// Numbers found; `null` until it has ended.
    pub(crate) found: Option<usize>,
    /// Reserved credits of the subscription; `null` if Enrow did not say.
    from_sub: Option<Credits>,
    /// Reserved credits that were bought separately; `null` if Enrow did not say.
    from_paygo: Option<Credits>,
    /// Enrow's id; `null` if none came back.
    pub(crate) id: Option<BatchId>,
    /// Identifies the API key that sent it.
    pub(crate) key: String,
    /// The list: its file, or its `--label`.
    pub(crate) label: Option<String>,
    /// Searches in it.
    pub(crate) people: usize,
    /// Credits given back, if Enrow stated them.
    refunded: Option<Credits>,
    /// Credits reserved when it was taken.
    reserved: Option<Credits>,
    /// Who sent it, as `anna@crm-3`; `null` if that is not known.
    pub(crate) sent_by: Option<String>,
    /// When it was claimed, just before it was sent (RFC 3339, UTC).
    since: String,
    /// Whether it is one person, sent by `find`.
    single: bool,
    /// `sending`, `running`, `in_doubt`, `completed`, `failed`, `resubmitted`.
    pub(crate) state: &'static str,
}

impl BatchJson {
    pub(crate) fn of(batch: &BatchRecord, now: Moment) -> Self {
        Self {
            age_seconds: now.since(batch.claimed).as_secs(),
            claimed: batch.claimed,
            credits: batch
                .reserved
                .map(|reserved| reserved.saturating_sub(batch.refunded.unwrap_or_default())),
            ended: batch.ended.map(Moment::rfc3339),
            found: batch.found,
            from_sub: batch.split.map(|split| split.subscription),
            from_paygo: batch.split.map(|split| split.pay_as_you_go),
            id: batch.id.clone(),
            key: batch.account.to_string(),
            label: batch.label.clone(),
            people: batch.searches,
            refunded: batch.refunded,
            reserved: batch.reserved,
            sent_by: batch.asked_by.name(),
            since: batch.claimed.rfc3339(),
            single: batch.single,
            state: match batch.state {
                _ if is_in_doubt(batch) => "in_doubt",
                BatchState::Sending => "sending",
                BatchState::Running => "running",
                BatchState::Completed => "completed",
                BatchState::Failed => "failed",
                BatchState::Unknown => "in_doubt",
                BatchState::Resubmitted => "resubmitted",
            },
        }
    }
}

/// Whether it is not known if Enrow took it. A batch that a dead run was sending counts as well.
pub(crate) fn is_in_doubt(batch: &BatchRecord) -> bool {
    match batch.state {
        BatchState::Unknown => true,
        BatchState::Sending => batch.owner == Owner::Dead,
        BatchState::Running
        | BatchState::Completed
        | BatchState::Failed
        | BatchState::Resubmitted => false,
    }
}
