//! What a run says while it goes on.

use super::message::{Message, counted, message, people};
use crate::batch::BatchId;
use crate::lookup::Notice;
use crate::text::sanitize;

pub(crate) fn describe(notice: &Notice) -> Message {
    match notice {
        Notice::Adopted { batches } => {
            message!("collecting {} of an earlier run", counted(*batches, "batch", "batches"))
        }
        Notice::Doubt { people: number, why } => message!(
            "a batch of {} may have been paid: {}; the balance will show whether Enrow took it",
            people(*number),
            Message::foreign(why)
        ),
        Notice::DoubtLifted => {
            "the balance proves that Enrow did not take it: sending it again".into()
        }
        Notice::GracePeriod => {
            "stopping: one batch was just sent; waiting a moment for the answer to it".into()
        }
        Notice::NotShown { id, people: number } => message!(
            "Enrow does not show {} ({}), which it took: its rows stay `pending`, and the next run looks again",
            batch(id.as_ref()),
            people(*number)
        ),
        Notice::SearchRefused { message } => {
            message!("Enrow refused one search: \"{}\"; its row is `invalid`", sanitize(message))
        }
        Notice::SmallerBatches { limit } => message!(
            "Enrow takes at most {} a batch at the moment",
            counted(*limit, "search", "searches")
        ),
    }
}

/// `batch ID`.
pub(crate) fn batch(id: Option<&BatchId>) -> Message {
    id.map_or_else(|| "a batch without id".into(), |id| message!("batch {}", id))
}
