//! Where a sheet goes: whole or not at all.

use std::fmt;
use std::fs::{File, OpenOptions};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use tempfile::NamedTempFile;

/// An output that cannot be written.
#[derive(Debug, thiserror::Error)]
#[error("cannot write {output}: {source}")]
pub(crate) struct OutputError {
    output: String,
    source: io::Error,
}

/// The place a sheet is written to.
#[derive(Debug, Clone)]
pub(crate) enum Output {
    /// A file, written beside itself and renamed.
    File(Target),
    /// A pipe, a device: written as it comes.
    Device(Target),
    /// Standard output.
    Stdout,
}

/// A path, and how it was named.
#[derive(Debug, Clone)]
pub(crate) struct Target {
    path: PathBuf,
    pub(crate) named: PathBuf,
}

impl Output {
    /// What `-o` names. A link is followed, so that the file it points to is replaced and not the link.
    pub(crate) fn of(path: Option<&Path>) -> Self {
        match path {
            None => Self::Stdout,
            Some(path) if path == Path::new("-") => Self::Stdout,
            Some(named) => {
                let path = std::fs::canonicalize(named).unwrap_or_else(|_| named.to_owned());
                let metadata = std::fs::metadata(&path);
                let named = named.to_owned();
                let target = Target { path, named };
                match metadata {
                    Ok(metadata) if !metadata.is_file() && !metadata.is_dir() => {
                        Self::Device(target)
                    }
                    _ => Self::File(target),
                }
            }
        }
    }

    /// Proves that it can be written, before a credit is spent.
    pub(crate) fn check(&self) -> Result<(), OutputError> {
        match self {
            Self::Stdout | Self::Device(_) => Ok(()),
            Self::File(Target { path, .. }) => Self::temporary(path)
                .and_then(|temporary| {
                    // A file that its owner has closed to writing is not replaced behind their back. Of a name that no
                    // file can have, too, only opening it tells.
                    let there = OpenOptions::new().append(true).open(path);
                    match there.and_then(|file| file.metadata()) {
                        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
                        Ok(_) | Err(_) => temporary.close(),
                    }
                })
                .map_err(|error| self.error(error)),
        }
    }

    /// Whether both are one place: writing the second would lose the first.
    pub(crate) fn is(&self, other: &Self) -> bool {
        let whole = |path: &Path| std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
        match (self, other) {
            (Self::Stdout, Self::Stdout) => true,
            (Self::File(ours), Self::File(theirs)) => whole(&ours.path) == whole(&theirs.path),
            // Two writers of one device lose nothing by it.
            (Self::Device(_) | Self::File(_) | Self::Stdout, _) => false,
        }
    }

    /// Begins to write.
    pub(crate) fn begin(&self) -> Result<Sink, OutputError> {
        let file = |result: io::Result<File>| result.map_err(|error| self.error(error));
        Ok(match self {
            Self::Stdout => Sink::Stream(Box::new(BufWriter::new(io::stdout()))),
            Self::Device(Target { path, .. }) => Sink::Stream(Box::new(BufWriter::new(file(
                OpenOptions::new().write(true).open(path),
            )?))),
            Self::File(Target { path, .. }) => {
                let temporary = Self::temporary(path).map_err(|error| self.error(error))?;
                Sink::File { temporary: BufWriter::new(temporary), path: path.clone() }
            }
        })
    }

    /// An error about this output.
    pub(crate) fn error(&self, source: io::Error) -> OutputError {
        OutputError { output: self.to_string(), source }
    }

    fn temporary(path: &Path) -> io::Result<NamedTempFile> {
        if path.is_dir() {
            return Err(io::ErrorKind::IsADirectory.into());
        }
        let folder =
            path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let mut builder = tempfile::Builder::new();
        builder.prefix(".enrow-phone-").suffix(".tmp");
        let existing = std::fs::metadata(path).map(|metadata| metadata.permissions());
        #[cfg(unix)]
        if existing.is_err() {
            use std::os::unix::fs::PermissionsExt;
            // As any program would create it: what the umask leaves.
            builder.permissions(std::fs::Permissions::from_mode(0o666));
        }
        let temporary = builder.tempfile_in(folder).map_err(nameless)?;
        if let Ok(permissions) = existing {
            temporary.as_file().set_permissions(permissions)?;
        }
        Ok(temporary)
    }
}

/// The same error without the name of a temporary file, which tells nobody anything.
fn nameless(error: io::Error) -> io::Error {
    match error.to_string().split_once(" at path ") {
        Some((why, _)) => io::Error::new(error.kind(), why.to_owned()),
        None => error,
    }
}

impl fmt::Display for Output {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(target) | Self::Device(target) => write!(f, "`{}`", target.named.display()),
            Self::Stdout => f.write_str("standard output"),
        }
    }
}

/// An output being written. Dropped before [`Sink::commit`], a file is as it was.
pub(crate) enum Sink {
    File { temporary: BufWriter<NamedTempFile>, path: PathBuf },
    Stream(Box<dyn Write>),
}

impl Sink {
    /// Puts everything in its place.
    pub(crate) fn commit(self) -> io::Result<()> {
        match self {
            Self::Stream(mut stream) => stream.flush(),
            Self::File { temporary, path } => {
                let temporary = temporary.into_inner().map_err(io::IntoInnerError::into_error)?;
                // On the disk before its name is: a power cut leaves the old file or the new one.
                temporary.as_file().sync_all()?;
                temporary.persist(&path).map_err(|error| error.error)?;
                Ok(())
            }
        }
    }
}

impl Write for Sink {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::File { temporary, .. } => temporary.write(bytes),
            Self::Stream(stream) => stream.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::File { temporary, .. } => temporary.flush(),
            Self::Stream(stream) => stream.flush(),
        }
    }
}
