//! Why a workbook cannot be read.

use crate::sheet::error::SheetError;
use crate::sheet::input::Input;
use crate::sheet::spool::SpoolError;
use std::io;
use zip::result::ZipError;

#[derive(Debug)]
pub(in crate::sheet) enum WorkbookError {
    /// No spreadsheet program writes it so.
    Damaged(&'static str),
    Io(io::Error),
    /// It opens only with a password.
    Protected,
    Spool(SpoolError),
    TooLarge(&'static str),
}

impl WorkbookError {
    /// As an error of writing, when the workbook was read completely before.
    pub(super) fn into_io(self) -> io::Error {
        match self {
            Self::Damaged(why) | Self::TooLarge(why) => io::Error::other(why),
            Self::Io(error) => error,
            Self::Protected => io::Error::other("it is protected with a password"),
            Self::Spool(error) => error.source,
        }
    }
}

impl From<SpoolError> for WorkbookError {
    fn from(error: SpoolError) -> Self {
        Self::Spool(error)
    }
}

/// Errors of unpacking come as errors of reading.
impl From<io::Error> for WorkbookError {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::FileTooLarge => {
                Self::TooLarge("a part of it unpacks to more than any real workbook has")
            }
            io::ErrorKind::InvalidData
            | io::ErrorKind::InvalidInput
            | io::ErrorKind::Other
            | io::ErrorKind::UnexpectedEof => Self::Damaged("a part of it cannot be unpacked"),
            _ => Self::Io(error),
        }
    }
}

impl From<quick_xml::Error> for WorkbookError {
    fn from(error: quick_xml::Error) -> Self {
        match error {
            quick_xml::Error::Io(error) => io::Error::from(error.kind()).into(),
            _ => Self::Damaged("a part of it is not well-formed XML"),
        }
    }
}

impl From<ZipError> for WorkbookError {
    fn from(error: ZipError) -> Self {
        match error {
            ZipError::FileNotFound => Self::Damaged("a part of it is missing"),
            ZipError::Io(error) => error.into(),
            ZipError::UnsupportedArchive(ZipError::PASSWORD_REQUIRED) => Self::Protected,
            _ => Self::Damaged("a part of it cannot be unpacked"),
        }
    }
}

/// The error, with the input that it is about.
pub(super) fn in_words(input: &Input, error: WorkbookError) -> SheetError {
    let input = input.clone();
    match error {
        WorkbookError::Damaged(why) => SheetError::DamagedWorkbook { input, why },
        WorkbookError::Io(source) => SheetError::Read { input, source },
        WorkbookError::Protected => SheetError::ProtectedWorkbook { input },
        WorkbookError::Spool(error) => SheetError::uncopied(&input, error),
        WorkbookError::TooLarge(why) => SheetError::WorkbookTooLarge { input, why },
    }
}
