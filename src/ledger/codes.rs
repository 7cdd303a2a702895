//! How answers and states are stored. These codes are part of the ledger's format, whatever the backend.

use super::types::{AnsweredKind, BatchState, Doubt, Hole};
use crate::people::Answer;

pub(super) const FOUND: i64 = 1;
pub(super) const NOT_FOUND: i64 = 2;
pub(super) const INVALID: i64 = 3;
pub(super) const FAILED: i64 = 4;
pub(super) const SUPPRESSED: i64 = 5;
pub(super) const UNUSABLE: i64 = 6;

pub(super) fn answered_kind(code: i64) -> Option<AnsweredKind> {
    Some(match code {
        FOUND => AnsweredKind::Found,
        NOT_FOUND => AnsweredKind::NotFound,
        INVALID => AnsweredKind::Invalid,
        FAILED => AnsweredKind::Failed,
        SUPPRESSED => AnsweredKind::Suppressed,
        UNUSABLE => AnsweredKind::Unusable,
        _ => return None,
    })
}

pub(super) fn answer_code(answer: &Answer) -> i64 {
    match answer {
        Answer::Found { .. } => FOUND,
        Answer::NotFound => NOT_FOUND,
        Answer::Invalid(_) => INVALID,
        Answer::Failed(_) => FAILED,
        Answer::Unusable(_) => UNUSABLE,
    }
}

pub(super) fn answer_note(answer: &Answer) -> Option<&str> {
    match answer {
        Answer::Found { .. } | Answer::NotFound => None,
        Answer::Invalid(note) | Answer::Failed(note) | Answer::Unusable(note) => Some(note),
    }
}

pub(super) fn batch_state(code: &str) -> Option<BatchState> {
    Some(match code {
        "sending" => BatchState::Sending,
        "running" => BatchState::Running,
        "completed" => BatchState::Completed,
        "failed" => BatchState::Failed,
        "unknown" => BatchState::Unknown,
        "resubmitted" => BatchState::Resubmitted,
        _ => return None,
    })
}

pub(super) fn doubt_code(doubt: Doubt) -> i64 {
    match doubt {
        Doubt::Contradicted => 1,
        Doubt::NamesSomebodyElse => 2,
        Doubt::IndexDisagrees => 3,
        Doubt::OnlyIndex => 4,
        Doubt::Nobody => 5,
        Doubt::NotInternational => 6,
        Doubt::NotCalledFound => 7,
    }
}

pub(super) fn doubt(code: i64) -> Option<Doubt> {
    Some(match code {
        1 => Doubt::Contradicted,
        2 => Doubt::NamesSomebodyElse,
        3 => Doubt::IndexDisagrees,
        4 => Doubt::OnlyIndex,
        5 => Doubt::Nobody,
        6 => Doubt::NotInternational,
        7 => Doubt::NotCalledFound,
        _ => return None,
    })
}

pub(super) fn hole_code(hole: Hole) -> i64 {
    match hole {
        Hole::NoResult => 1,
        Hole::Ongoing => 2,
        Hole::NumberMissing => 3,
        Hole::UnknownWord => 4,
        Hole::NotProven => 5,
        Hole::Contradicted => 6,
    }
}

pub(super) fn hole(code: i64) -> Option<Hole> {
    Some(match code {
        1 => Hole::NoResult,
        2 => Hole::Ongoing,
        3 => Hole::NumberMissing,
        4 => Hole::UnknownWord,
        5 => Hole::NotProven,
        6 => Hole::Contradicted,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_as_it_was() {
        let doubts = (1..8).map(|code| doubt(code).unwrap());
        assert!(doubts.map(doubt_code).eq(1..8));
        let holes = (1..7).map(|code| hole(code).unwrap());
        assert!(holes.map(hole_code).eq(1..7));
        assert_eq!((doubt(8), hole(7)), (None, None));
        let why = "why".to_owned();
        for (answer, kind, note) in [
            (Answer::NotFound, AnsweredKind::NotFound, None),
            (Answer::Invalid(why.clone()), AnsweredKind::Invalid, Some("why")),
            (Answer::Failed(why.clone()), AnsweredKind::Failed, Some("why")),
            (Answer::Unusable(why), AnsweredKind::Unusable, Some("why")),
        ] {
            assert_eq!(answered_kind(answer_code(&answer)), Some(kind));
            assert_eq!(answer_note(&answer), note);
        }
        assert_eq!(answered_kind(SUPPRESSED), Some(AnsweredKind::Suppressed));
    }
}
