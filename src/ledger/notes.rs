//! What is written about people for whom no answer came.

pub(super) fn hole(batch: &str) -> String {
    format!("batch {batch} ended without an answer for this person")
}

pub(super) fn paid_hole(batch: &str) -> String {
    format!("{}, but may have been paid for it", hole(batch))
}

pub(super) fn doubtful(batch: &str) -> String {
    format!("a number came in batch {batch} that is not proven to be this person's")
}

pub(super) fn failed(batch: &str) -> String {
    format!("Enrow reported that batch {batch} failed")
}

pub(super) fn paid_failed(batch: &str) -> String {
    format!("{}, but not that it gave all credits back", failed(batch))
}

pub(super) fn missing(batch: &str) -> String {
    format!("Enrow has not shown batch {batch} for a day")
}
