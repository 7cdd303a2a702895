//! The exit codes. They are a public contract.

use std::process::ExitCode;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// What was asked for is done (0).
    Done,
    /// Failed, the output was not touched (1).
    Failed,
    /// The command line or the input cannot be used (2).
    Unusable,
    /// Written, but some rows have no answer yet (3).
    Partial,
    /// There is no API key, or it was refused (4).
    Key,
    /// Credits or the budget ran out (5).
    Credits,
    /// Written, but some rows may have been paid without an answer: a person must look (6).
    Unknown,
    /// Hung up (129).
    HungUp,
    /// Interrupted (130).
    Interrupted,
    /// Terminated (143).
    Terminated,
}

impl Exit {
    pub(crate) fn code(self) -> u8 {
        match self {
            Self::Done => 0,
            Self::Failed => 1,
            Self::Unusable => 2,
            Self::Partial => 3,
            Self::Key => 4,
            Self::Credits => 5,
            Self::Unknown => 6,
            Self::HungUp => 129,
            Self::Interrupted => 130,
            Self::Terminated => 143,
        }
    }

    /// The word in the report for an error with this exit code.
    pub(crate) fn error_word(self) -> &'static str {
        match self {
            Self::Key => "key",
            Self::Unusable => "unusable",
            Self::Credits
            | Self::Done
            | Self::Failed
            | Self::HungUp
            | Self::Interrupted
            | Self::Partial
            | Self::Terminated
            | Self::Unknown => "failed",
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit.code())
    }
}
