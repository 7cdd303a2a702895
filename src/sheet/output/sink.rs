//! An output that is being written.

use super::temporary::{Placed, Temporary};
use crate::sheet::origin::InputFile;
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::sync::{Arc, Mutex, PoisonError};

/// If it is dropped before [`Sink::commit`], the file stays as it was.
pub(crate) enum Sink {
    File { writer: BufWriter<File>, temporary: Temporary },
    Stream(Stream),
}

/// Bytes for a reader that may block. They wait here until the work of [`Sink::pending`] writes them.
pub(crate) struct Stream {
    bytes: Vec<u8>,
    out: Arc<Mutex<dyn Write + Send>>,
}

impl Sink {
    pub(super) fn stream(out: impl Write + Send + 'static) -> Self {
        Self::Stream(Stream { bytes: Vec::new(), out: Arc::new(Mutex::new(out)) })
    }

    /// The work of writing what waits, for a thread that may block. `None` if nothing waits.
    pub(crate) fn pending(&mut self) -> Option<impl FnOnce() -> io::Result<()> + Send + 'static> {
        match self {
            Self::Stream(Stream { bytes, out }) if !bytes.is_empty() => {
                let (bytes, out) = (std::mem::take(bytes), Arc::clone(out));
                Some(move || {
                    let mut out = out.lock().unwrap_or_else(PoisonError::into_inner);
                    out.write_all(&bytes).and_then(|()| out.flush())
                })
            }
            Self::Stream(_) | Self::File { .. } => None,
        }
    }

    /// Writes everything that waits, or puts the file in its place. `input` is what was read: it is replaced only if it is
    /// unchanged.
    pub(crate) fn commit(mut self, input: Option<&InputFile>) -> io::Result<Placed> {
        if let Some(write) = self.pending() {
            write()?;
        }
        match self {
            Self::Stream(_) => Ok(Placed::Written),
            Self::File { writer, temporary } => {
                writer.into_inner().map_err(io::IntoInnerError::into_error)?;
                temporary.place(input)
            }
        }
    }
}

impl Write for Sink {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::File { writer, .. } => writer.write(bytes),
            Self::Stream(stream) => stream.bytes.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::File { writer, .. } => writer.flush(),
            Self::Stream(_) => Ok(()),
        }
    }
}
