//! Where a sheet comes from.

use crate::text::sanitize;
use std::ffi::OsString;
use std::fmt;
use std::fs::File;
use std::io::{self, Read};
use std::path::PathBuf;

/// What the user named as the input.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Input {
    /// A file, or anything else that can be opened: a named pipe, `/dev/fd/63`.
    Path(PathBuf),
    /// Standard input, written `-`.
    Stdin,
}

impl Input {
    /// `-` is standard input, everything else a path.
    pub(crate) fn parse(text: impl Into<OsString>) -> Self {
        let text = text.into();
        if text == "-" { Self::Stdin } else { Self::Path(text.into()) }
    }

    /// Opens it. Of a file the reader gives what the file has now: bytes that are appended later do not count.
    pub(super) fn open(&self) -> io::Result<Box<dyn Read>> {
        let path = match self {
            Self::Path(path) => path,
            Self::Stdin => return Ok(Box::new(io::stdin().lock())),
        };
        // Windows only says that access to a folder is denied.
        if path.is_dir() {
            return Err(io::ErrorKind::IsADirectory.into());
        }
        let file = File::open(path)?;
        let metadata = file.metadata()?;
        // Files of the system, as in `/proc`, say that they are empty.
        Ok(if metadata.is_file() && metadata.len() > 0 {
            Box::new(file.take(metadata.len()))
        } else {
            Box::new(file)
        })
    }
}

impl fmt::Display for Input {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Path(path) => write!(f, "{}", sanitize(&path.display().to_string())),
            Self::Stdin => f.write_str("stdin"),
        }
    }
}
