//! A ledger that may have forgotten whom it asked for.

use crate::units::Moment;
use std::fmt;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(
    not(feature = "postgres"),
    expect(dead_code, reason = "only a server is restored while its clients remember more")
)]
pub(crate) enum Rewind {
    /// The server took over from another or was restored, and no balance has shown since that nothing is missing.
    Possible,
    /// It holds less than a machine has seen of it.
    Proven {
        /// Of when its newest entry is.
        holds: Moment,
        /// When that machine saw more.
        saw: Moment,
    },
}

impl Rewind {
    /// Whether a balance does away with it. `is_expected` where it is just what the books expect.
    pub(crate) fn is_cleared_by(self, is_expected: bool) -> bool {
        match self {
            Self::Possible => is_expected,
            Self::Proven { .. } => false,
        }
    }
}

/// What has happened to the ledger that stands before it.
impl fmt::Display for Rewind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Possible => f.write_str(
                "may have gone back in time: its server took over from another or was restored from a backup, and the balance does \
                 not show that nothing is missing",
            ),
            Self::Proven { holds, saw } if holds >= saw => write!(
                f,
                "has gone back in time: something is missing that it held at {}; people who were asked for before that may be asked \
                 for, and paid for, twice, and people who were forgotten may be in it again",
                saw.rfc3339()
            ),
            Self::Proven { holds, saw } => write!(
                f,
                "has gone back in time: at {} it held more than now, and its newest entry is of {}; people who were asked for in \
                 between may be asked for, and paid for, twice, and people who were forgotten in between may be in it again",
                saw.rfc3339(),
                holds.rfc3339()
            ),
        }
    }
}
