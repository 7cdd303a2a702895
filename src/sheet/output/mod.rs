//! Where a sheet is written. A file appears whole or not at all.

mod place;
mod sink;
mod temporary;

pub(crate) use place::resolve as follow_links;
pub(crate) use sink::Sink;
pub(crate) use temporary::Placed;

use crate::text::sanitize;
use std::cell::RefCell;
use std::fmt;
use std::fs::{File, OpenOptions};
use std::io::{self, BufWriter};
use std::path::{Path, PathBuf};
use temporary::Temporary;

/// An output that cannot be written.
#[derive(Debug, thiserror::Error)]
#[error("cannot write {output}: {source}")]
pub(crate) struct OutputError {
    output: String,
    source: io::Error,
}

#[derive(Debug)]
pub(crate) enum Output {
    /// A pipe, a device, a descriptor of the shell: written directly.
    Device(Device),
    /// A file: written into a temporary file beside it, which is renamed.
    File(OutputPath),
    Stdout,
}

/// A path with its links followed, and as the user named it.
#[derive(Debug)]
pub(crate) struct OutputPath {
    named: PathBuf,
    path: PathBuf,
}

/// A device that is opened before anything is sent and stays open, so that it can still be written when everything is paid.
#[derive(Debug)]
pub(crate) struct Device {
    target: OutputPath,
    opened: RefCell<Option<File>>,
}

impl Output {
    /// What `-o` names. Links are followed, so that the file is replaced and not the link.
    pub(crate) fn of(path: Option<&Path>) -> Self {
        let Some(named) = path.filter(|path| *path != Path::new("-")) else {
            return Self::Stdout;
        };
        let target = |path: PathBuf| OutputPath { named: named.to_owned(), path };
        let device =
            |path| Self::Device(Device { target: target(path), opened: RefCell::default() });
        match place::descriptor(named) {
            Some(1) => return Self::Stdout,
            // A file that the shell has opened is not replaced.
            Some(number) => return device(format!("/dev/fd/{number}").into()),
            None => {}
        }
        let path = place::resolve(named);
        match std::fs::metadata(&path) {
            Ok(metadata) if !metadata.is_file() && !metadata.is_dir() => device(path),
            Ok(_) | Err(_) => Self::File(target(path)),
        }
    }

    /// Whether there is a file that writing would replace.
    pub(crate) fn exists(&self) -> bool {
        match self {
            Self::Device(_) | Self::Stdout => false,
            Self::File(OutputPath { path, .. }) => path.exists(),
        }
    }

    /// Checks that it can be written, before a credit is spent. Opening a FIFO waits for a reader, so [`Self::opener`] does
    /// that.
    pub(crate) fn check(&self) -> Result<(), OutputError> {
        match self {
            Self::Stdout => Ok(()),
            Self::Device(device) if device.is_fifo() => Ok(()),
            Self::Device(device) => {
                device.open().map(|file| self.set_opened(file)).map_err(|error| self.error(error))
            }
            Self::File(OutputPath { path, .. }) => {
                temporary::sweep(path);
                Temporary::create(path)
                    .and_then(|temporary| {
                        // A file without write permission is not replaced. Opening it also finds names that no file
                        // can have.
                        let there = OpenOptions::new().append(true).open(path);
                        match there.and_then(|file| file.metadata()) {
                            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
                            Ok(_) | Err(_) => temporary.discard(),
                        }
                    })
                    .map_err(|error| self.error(error))
            }
        }
    }

    /// Opens a FIFO, which may block, on any thread. The file is for [`Self::set_opened`].
    pub(crate) fn opener(&self) -> Option<impl FnOnce() -> io::Result<File> + Send + 'static> {
        match self {
            Self::Device(device) if device.is_fifo() => {
                let path = device.target.path.clone();
                Some(move || OpenOptions::new().write(true).open(path))
            }
            Self::Device(_) | Self::File(_) | Self::Stdout => None,
        }
    }

    pub(crate) fn set_opened(&self, file: File) {
        match self {
            Self::Device(device) => *device.opened.borrow_mut() = Some(file),
            Self::File(_) | Self::Stdout => {}
        }
    }

    /// Whether both are the same place, so that writing the second would lose the first.
    pub(crate) fn is(&self, other: &Self) -> bool {
        let whole = |path: &Path| std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
        match (self, other) {
            (Self::Stdout, Self::Stdout) => true,
            (Self::File(ours), Self::File(theirs)) => whole(&ours.path) == whole(&theirs.path),
            // Two writers of one device lose nothing.
            (Self::Device(_) | Self::File(_) | Self::Stdout, _) => false,
        }
    }

    /// Whether writing would change this file, by whatever name it is called.
    pub(crate) fn names(&self, file: &Path) -> bool {
        let ours = match self {
            Self::Stdout => place::identity(Path::new("/dev/stdout")),
            Self::Device(Device { target, .. }) | Self::File(target) => {
                place::identity(&target.path)
            }
        };
        match (ours, place::identity(file)) {
            (Some(ours), Some(theirs)) => ours == theirs,
            // One of them does not exist yet, or the system has no identities of files.
            _ => self.path().is_some_and(|path| path == place::resolve(file)),
        }
    }

    /// Whether its name is that of a file that the database keeps, or may create, beside itself.
    pub(crate) fn names_part_of(&self, database: &Path) -> bool {
        let database = place::resolve(database);
        let suffix = |path: &Path| {
            let name = path.file_name()?.as_encoded_bytes();
            let suffix = name.strip_prefix(database.file_name()?.as_encoded_bytes())?;
            Some(path.parent() == database.parent() && suffix.starts_with(b"-"))
        };
        let is_by_name = self.path().and_then(suffix) == Some(true);
        is_by_name
            || ["-wal", "-shm", "-journal"].into_iter().any(|suffix| {
                let mut part = database.as_os_str().to_owned();
                part.push(suffix);
                self.names(Path::new(&part))
            })
    }

    pub(crate) fn begin(&self) -> Result<Sink, OutputError> {
        let failed = |error| self.error(error);
        Ok(match self {
            Self::Stdout => Sink::stream(io::stdout()),
            Self::Device(device) => {
                let opened = device.opened.take().map_or_else(|| device.open(), Ok);
                Sink::stream(opened.map_err(failed)?)
            }
            Self::File(OutputPath { path, .. }) => {
                let temporary = Temporary::create(path).map_err(failed)?;
                let writer = temporary.writer().map_err(failed)?;
                Sink::File { writer: BufWriter::new(writer), temporary }
            }
        })
    }

    pub(crate) fn error(&self, source: io::Error) -> OutputError {
        OutputError { output: self.to_string(), source }
    }

    /// The path of a file.
    pub(crate) fn path(&self) -> Option<&Path> {
        match self {
            Self::File(target) => Some(&target.path),
            Self::Device(_) | Self::Stdout => None,
        }
    }

    /// The file whose name shows the format. For standard output it is the one that the shell opened, if that is known.
    pub(super) fn named_file(&self) -> Option<PathBuf> {
        match self {
            Self::Device(_) => None,
            Self::File(target) => Some(target.named.clone()),
            Self::Stdout => {
                let path = std::fs::read_link("/proc/self/fd/1").ok()?;
                path.is_file().then_some(path)
            }
        }
    }

    /// How the user named it; `-` is standard output.
    pub(crate) fn name(&self) -> String {
        match self {
            Self::Stdout => "-".to_owned(),
            Self::Device(Device { target, .. }) | Self::File(target) => {
                target.named.display().to_string()
            }
        }
    }
}

impl Device {
    fn is_fifo(&self) -> bool {
        place::is_fifo(&self.target.path)
    }

    /// Appends, because the shell may have written to the descriptor before.
    fn open(&self) -> io::Result<File> {
        OpenOptions::new().append(true).open(&self.target.path)
    }
}

impl fmt::Display for Output {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Device(_) | Self::File(_) => write!(f, "`{}`", sanitize(&self.name())),
            Self::Stdout => f.write_str("standard output"),
        }
    }
}
