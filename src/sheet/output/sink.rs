//! An output being written.

use super::temporary::{Placed, Temporary};
use crate::sheet::origin::Origin;
use std::fs::File;
use std::io::{self, BufWriter, Write};

/// Dropped before [`Sink::commit`], a file is as it was.
pub(crate) enum Sink {
    File { writer: BufWriter<File>, temporary: Temporary },
    Stream(Box<dyn Write>),
}

impl Sink {
    /// Puts everything in its place. `input` is what was read: it is replaced only if it is still the same.
    pub(crate) fn commit(self, input: Option<&Origin>) -> io::Result<Placed> {
        match self {
            Self::Stream(mut stream) => stream.flush().map(|()| Placed::Written),
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
            Self::Stream(stream) => stream.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::File { writer, .. } => writer.flush(),
            Self::Stream(stream) => stream.flush(),
        }
    }
}
