//! Where a sheet goes: whole or not at all.

mod place;
mod sink;
mod temporary;

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

/// The place a sheet is written to.
#[derive(Debug)]
pub(crate) enum Output {
    /// A pipe, a device, a descriptor of the shell: written as it comes.
    Device(Device),
    /// A file, written beside itself and renamed.
    File(OutputPath),
    Stdout,
}

/// A path, and how it was named.
#[derive(Debug)]
pub(crate) struct OutputPath {
    named: PathBuf,
    path: PathBuf,
}

/// What is open for the whole run, so that it can be written when everything is paid.
#[derive(Debug)]
pub(crate) struct Device {
    target: OutputPath,
    opened: RefCell<Option<File>>,
}

impl Output {
    /// What `-o` names. A link is followed, so that the file it points to is replaced and not the link.
    pub(crate) fn of(path: Option<&Path>) -> Self {
        let Some(named) = path.filter(|path| *path != Path::new("-")) else {
            return Self::Stdout;
        };
        let target = |path: PathBuf| OutputPath { named: named.to_owned(), path };
        let device =
            |path| Self::Device(Device { target: target(path), opened: RefCell::default() });
        match place::descriptor(named) {
            Some(1) => return Self::Stdout,
            // The file behind a descriptor is not ours to replace.
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

    /// Proves that it can be written, before a credit is spent. A FIFO waits for its reader: it is opened with
    /// [`Self::opener`].
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
                        // A file that its owner has closed to writing is not replaced. Also, only opening tells of a
                        // name that no file can have.
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

    /// Opens what may block, on any thread. The file is for [`Self::set_opened`].
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
            // One that is not there yet, or that the system cannot tell from others.
            _ => self.path().is_some_and(|path| path == place::resolve(file)),
        }
    }

    /// Whether it has, or gets, the name of a file that a database keeps beside itself.
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

    /// An error about this output.
    pub(crate) fn error(&self, source: io::Error) -> OutputError {
        OutputError { output: self.to_string(), source }
    }

    /// The file that it is, where it is one.
    pub(crate) fn path(&self) -> Option<&Path> {
        match self {
            Self::File(target) => Some(&target.path),
            Self::Device(_) | Self::Stdout => None,
        }
    }

    /// The file that its name is for, if any can be known.
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

    /// A file behind a descriptor is written behind what is in it.
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
