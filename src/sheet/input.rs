//! Where a sheet comes from.

use super::origin::InputFile;
use crate::text::sanitize;
use std::ffi::OsString;
use std::fmt;
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

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

    /// Opens it, and says which file it is. Bytes that are appended to a file later are not read.
    pub(super) fn open(&self) -> io::Result<(Box<dyn Read>, Option<InputFile>)> {
        let (file, path) = match self {
            // Windows only says that access to a folder is denied.
            Self::Path(path) if path.is_dir() => return Err(io::ErrorKind::IsADirectory.into()),
            Self::Path(path) => (File::open(path)?, path.as_path()),
            #[cfg(unix)]
            Self::Stdin => {
                use std::os::fd::AsFd;
                let file = io::stdin().as_fd().try_clone_to_owned()?;
                (File::from(file), Path::new("/dev/stdin"))
            }
            #[cfg(not(unix))]
            Self::Stdin => return Ok((Box::new(io::stdin().lock()), None)),
        };
        let metadata = file.metadata()?;
        let origin = InputFile::of(path, &metadata);
        // Files in `/proc` say that they are empty. Of standard input the shell may have read a part already.
        let is_whole = metadata.is_file() && metadata.len() > 0 && *self != Self::Stdin;
        let len = if is_whole { metadata.len() } else { u64::MAX };
        Ok((Box::new(UntilEnd { file: file.take(len), is_over: false }), origin))
    }
}

/// Stays at its end: a keyboard could be read again after Ctrl-D.
struct UntilEnd {
    file: io::Take<File>,
    is_over: bool,
}

impl Read for UntilEnd {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.is_over || buffer.is_empty() {
            return Ok(0);
        }
        let count = self.file.read(buffer)?;
        self.is_over = count == 0;
        Ok(count)
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
