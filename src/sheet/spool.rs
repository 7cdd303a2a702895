//! A private copy of an input in a temporary file without a name. It is gone when its last handle is closed.

use super::{Input, SheetError};
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::PathBuf;
use std::sync::Arc;

/// A complete copy. Each reader has its own position.
#[derive(Debug, Clone)]
pub(super) struct Spool {
    file: Arc<File>,
    len: u64,
}

impl Spool {
    /// Copies an input to its end, as it is.
    pub(super) fn copy(input: &Input, raw: &mut dyn Read) -> Result<Self, SheetError> {
        let failed = |error| SheetError::uncopied(input, error);
        let mut copy = SpoolWriter::create().map_err(failed)?;
        let mut buffer = vec![0; 64 * 1024];
        loop {
            match raw.read(&mut buffer) {
                Ok(0) => return Ok(copy.finish()),
                Ok(read) => copy.write(&buffer[..read]).map_err(failed)?,
                Err(source) => return Err(SheetError::Read { input: input.clone(), source }),
            }
        }
    }

    pub(super) fn reader(&self, offset: u64) -> SpoolReader {
        SpoolReader { spool: self.clone(), offset }
    }
}

/// A copy that is being written.
pub(super) struct SpoolWriter {
    file: File,
    len: u64,
}

/// The temporary folder cannot hold the copy.
#[derive(Debug)]
pub(super) struct SpoolError {
    pub(super) folder: PathBuf,
    pub(super) source: io::Error,
}

impl SpoolError {
    fn new(source: io::Error) -> Self {
        Self { folder: std::env::temp_dir(), source }
    }
}

impl SpoolWriter {
    pub(super) fn create() -> Result<Self, SpoolError> {
        let create = || {
            let folder = std::env::temp_dir();
            if !std::fs::metadata(&folder)?.is_dir() {
                return Err(io::ErrorKind::NotADirectory.into());
            }
            let file = tempfile::tempfile_in(folder)?;
            #[cfg(unix)]
            {
                use std::os::unix::fs::PermissionsExt;
                // Otherwise the umask decides.
                file.set_permissions(std::fs::Permissions::from_mode(0o600))?;
            }
            Ok(file)
        };
        create().map(|file| Self { file, len: 0 }).map_err(SpoolError::new)
    }

    pub(super) fn write(&mut self, text: &[u8]) -> Result<(), SpoolError> {
        self.file.write_all(text).map_err(SpoolError::new)?;
        self.len += text.len() as u64;
        Ok(())
    }

    pub(super) fn finish(self) -> Spool {
        Spool { file: Arc::new(self.file), len: self.len }
    }
}

/// One pass over a [`Spool`].
#[derive(Debug, Clone)]
pub(super) struct SpoolReader {
    spool: Spool,
    offset: u64,
}

impl Read for SpoolReader {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let left = self.spool.len.saturating_sub(self.offset);
        let room = buffer.len().min(usize::try_from(left).unwrap_or(usize::MAX));
        let read = read_at(&self.spool.file, &mut buffer[..room], self.offset)?;
        self.offset += read as u64;
        Ok(read)
    }
}

impl Seek for SpoolReader {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let place = match to {
            SeekFrom::Start(offset) => Some(offset),
            SeekFrom::Current(by) => self.offset.checked_add_signed(by),
            SeekFrom::End(by) => self.spool.len.checked_add_signed(by),
        };
        self.offset = place.ok_or(io::ErrorKind::InvalidInput)?;
        Ok(self.offset)
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

    #[test]
    fn readers_do_not_disturb_each_other() {
        let mut writer = SpoolWriter::create().unwrap();
        writer.write(b"abc").unwrap();
        writer.write(b"def").unwrap();
        let spool = writer.finish();
        let (mut first, mut second) = (spool.reader(0), spool.reader(3));
        let mut byte = [0];
        first.read_exact(&mut byte).unwrap();
        second.read_exact(&mut byte).unwrap();
        assert_eq!(&byte, b"d");
        first.read_exact(&mut byte).unwrap();
        assert_eq!(&byte, b"b");
        let mut rest = String::new();
        second.read_to_string(&mut rest).unwrap();
        assert_eq!(rest, "ef");
    }

    #[cfg(unix)]
    #[test]
    fn a_copy_has_no_name_and_only_its_owner_may_read_it() {
        use std::os::unix::fs::MetadataExt;
        let metadata = SpoolWriter::create().unwrap().file.metadata().unwrap();
        assert_eq!((metadata.mode() & 0o777, metadata.nlink()), (0o600, 0));
    }
}
