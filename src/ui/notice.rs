//! What a run says while it works.

use super::message::{Message, counted, message, people};
use crate::batch::BatchId;
use crate::ledger::ExperimentEnd;
use crate::lookup::Notice;
use crate::text::sanitize;
use crate::units::Credits;

pub(crate) fn describe(notice: &Notice) -> Message {
    match notice {
        Notice::Adopted { batches } => {
            message!("collecting {} of an earlier run", counted(*batches, "batch", "batches"))
        }
        Notice::Doubt { people: number, why } => message!(
            "a batch of {} may have been paid: {}; watching the balance",
            people(*number),
            Message::foreign(why)
        ),
        Notice::NotTaken { people: number } => message!(
            "the balance proves that Enrow did not take the lost batch: sending {} again",
            people(*number)
        ),
        Notice::NothingProven { people: number, end } => message!(
            "the balance proves nothing about the lost batch of {}: {}",
            people(*number),
            experiment_end(*end)
        ),
        Notice::GracePeriod => {
            "stopping: one batch was just sent; waiting a moment for the answer to it".into()
        }
        Notice::OwnerUnclear { lock, people: number } => message!(
            "waiting for another run with {}: it may have ended, but its lock {} cannot be opened to check\n\
             hint: run as the same user as that run; after two minutes this one goes on without it",
            people(*number),
            Message::path(lock)
        ),
        Notice::NotShown { id, people: number } => message!(
            "Enrow does not show {} ({}), which it took: its rows stay `pending`, and the next run looks again",
            batch(id.as_ref()),
            people(*number)
        ),
        Notice::ResultsMissing { id, people: number } => message!(
            "{} is done, but Enrow gives no answer for {}: their rows stay `pending`, and the next run looks again",
            batch(id.as_ref()),
            people(*number)
        ),
        Notice::Readmitted { id, people: number, elsewhere, credits, was_given_up } => {
            readmitted(id.as_ref(), (*number, *elsewhere), *credits, *was_given_up)
        }
        Notice::SearchRefused { message } => {
            message!("Enrow refused one search: \"{}\"; its row is `invalid`", sanitize(message))
        }
        Notice::SmallerBatches { limit } => message!(
            "Enrow takes at most {} a batch at the moment",
            counted(*limit, "search", "searches")
        ),
    }
}

fn readmitted(
    id: Option<&BatchId>,
    (number, elsewhere): (usize, usize),
    credits: Option<Credits>,
    was_given_up: bool,
) -> Message {
    let what = match (id, was_given_up) {
        (Some(_), true) => "was taken after it was given up",
        (Some(_), false) => "was taken and had been lost by the ledger, which has it again",
        (None, _) => "had been lost by the ledger, and is `unknown`: it may have been paid",
    };
    let mut text = message!("{} of {} {}", batch(id), people(number), what);
    if let Some(credits) = credits {
        text.push(message!("; it holds {} credits", credits));
    }
    if elsewhere > 0 {
        text.push(message!(
            "\n{} free to be searched for again since, and may be paid for twice",
            counted(elsewhere, "of them was", "of them were")
        ));
    }
    text
}

/// `batch ID`.
pub(crate) fn batch(id: Option<&BatchId>) -> Message {
    id.map_or_else(|| "a batch without id".into(), |id| message!("batch {}", id))
}

/// Why the balance proves nothing about a batch whose answer was lost.
pub(crate) fn experiment_end(end: ExperimentEnd) -> &'static str {
    match end {
        ExperimentEnd::NoBaseline => "other batches were running or unclear when it was sent",
        ExperimentEnd::Gap => "the balance could not be read for more than a minute",
        ExperimentEnd::NotFresh => "Enrow answered with an old balance",
        ExperimentEnd::Contradicted => {
            "it changed by more than our other batches explain, so the batch was paid or somebody else used the account"
        }
        ExperimentEnd::NeverSettled => "it never came to rest at what the ledger says",
    }
}
