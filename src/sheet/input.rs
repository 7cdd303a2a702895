//! Where a sheet comes from, as one handle that every pass reads again.

use super::SheetError;
use std::ffi::OsString;
use std::fmt;
use std::fs::File;
use std::io::{self, Read};
use std::path::PathBuf;
use std::sync::Arc;

/// What the user named as the input.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Input {
    /// A file, or anything else that can be opened: a named pipe, `/dev/fd/63`.
    Path(PathBuf),
    /// Standard input, written `-`.
    Stdin,
}

impl Input {
    /// Reads the command line's word for an input: `-` is standard input, everything else a path.
    pub fn parse(text: impl Into<OsString>) -> Self {
        let text = text.into();
        if text == "-" { Self::Stdin } else { Self::Path(text.into()) }
    }
}

impl From<OsString> for Input {
    fn from(text: OsString) -> Self {
        Self::parse(text)
    }
}

impl fmt::Display for Input {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Path(path) => write!(f, "{}", path.display()),
            Self::Stdin => f.write_str("stdin"),
        }
    }
}

/// The bytes of an input as they stood when it was opened.
///
/// The file is opened once: a rename over its path, such as our own output taking its place, leaves what is read here
/// untouched, and bytes appended later are not part of it.
#[derive(Debug, Clone)]
pub(super) struct Snapshot {
    file: Arc<File>,
    len: u64,
}

impl Snapshot {
    /// Opens an input. What cannot be read twice (a pipe, a terminal) is copied to an unlinked temporary file first,
    /// so this returns when such an input has ended. So is every file on Windows, where nothing can take the place of
    /// an open one.
    pub(super) fn open(input: &Input) -> Result<Self, SheetError> {
        let opened = match input {
            // Windows would only say that access to it is denied.
            Input::Path(path) if path.is_dir() => Err(io::ErrorKind::IsADirectory.into()),
            Input::Path(path) => File::open(path).and_then(|file| {
                if cfg!(unix) && file.metadata()?.is_file() { Ok(file) } else { spool(file) }
            }),
            Input::Stdin => spool(io::stdin().lock()),
        };
        opened
            .and_then(|file| {
                let len = file.metadata()?.len();
                let file = Arc::new(file);
                Ok(Self { file, len })
            })
            .map_err(|source| SheetError::Open { input: input.clone(), source })
    }

    /// A reader of the bytes from `offset` on, independent of every other one.
    pub(super) fn bytes(&self, offset: u64) -> Bytes {
        Bytes { snapshot: self.clone(), offset }
    }
}

/// Copies what can be read only once to a file without a name, which is gone when its last handle is.
fn spool(mut pipe: impl Read) -> io::Result<File> {
    let mut file = tempfile::tempfile()?;
    io::copy(&mut pipe, &mut file)?;
    Ok(file)
}

/// A pass over a [`Snapshot`], with a position of its own.
#[derive(Debug)]
pub(super) struct Bytes {
    snapshot: Snapshot,
    offset: u64,
}

impl Read for Bytes {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let left = self.snapshot.len.saturating_sub(self.offset);
        let room = buffer.len().min(usize::try_from(left).unwrap_or(usize::MAX));
        let read = read_at(&self.snapshot.file, &mut buffer[..room], self.offset)?;
        self.offset += read as u64;
        Ok(read)
    }
}

#[cfg(unix)]
fn read_at(file: &File, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
    std::os::unix::fs::FileExt::read_at(file, buffer, offset)
}

#[cfg(windows)]
fn read_at(file: &File, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
    std::os::windows::fs::FileExt::seek_read(file, buffer, offset)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    fn text(snapshot: &Snapshot) -> String {
        let mut text = String::new();
        snapshot.bytes(0).read_to_string(&mut text).unwrap();
        text
    }

    #[test]
    fn a_rename_over_the_input_does_not_change_what_is_read() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("contacts.csv");
        std::fs::write(&path, "before").unwrap();
        let snapshot = Snapshot::open(&Input::Path(path.clone())).unwrap();
        let other = folder.path().join("out.csv");
        std::fs::write(&other, "after").unwrap();
        std::fs::rename(&other, &path).unwrap();
        assert_eq!(text(&snapshot), "before");
    }

    #[test]
    fn bytes_appended_later_are_not_part_of_the_snapshot() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("contacts.csv");
        std::fs::write(&path, "one").unwrap();
        let snapshot = Snapshot::open(&Input::Path(path.clone())).unwrap();
        let mut file = File::options().append(true).open(&path).unwrap();
        file.write_all(b"two").unwrap();
        assert_eq!(text(&snapshot), "one");
    }

    #[test]
    fn two_passes_do_not_disturb_each_other() {
        let file = spool(&b"abcdef"[..]).unwrap();
        let snapshot = Snapshot { file: Arc::new(file), len: 6 };
        let (mut first, mut second) = (snapshot.bytes(0), snapshot.bytes(3));
        let mut byte = [0];
        first.read_exact(&mut byte).unwrap();
        second.read_exact(&mut byte).unwrap();
        assert_eq!(&byte, b"d");
        first.read_exact(&mut byte).unwrap();
        assert_eq!(&byte, b"b");
    }

    #[test]
    fn a_folder_is_no_input() {
        let folder = tempfile::tempdir().unwrap();
        let error = Snapshot::open(&Input::Path(folder.path().into())).unwrap_err();
        assert!(error.to_string().ends_with("is a directory"), "{error}");
    }
}
