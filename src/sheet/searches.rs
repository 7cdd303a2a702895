//! Keeps the search of each row in a private file. What is sent is read from there, so no row has to be understood twice.

use super::spool::{Spool, SpoolReader, SpoolWriter};
use super::{Input, Sheet, SheetError};
use crate::people::{Row, Search};
use std::io::{BufRead, BufReader};

/// How much is written and read at a time.
const CHUNK: usize = 64 * 1024;

/// Collects the searches of a sheet while its rows are read.
pub(crate) struct KeepSearches {
    buffer: Vec<u8>,
    input: Input,
    spool: SpoolWriter,
}

impl Sheet {
    pub(crate) fn keep_searches(&self) -> Result<KeepSearches, SheetError> {
        let spool =
            SpoolWriter::create().map_err(|error| SheetError::uncopied(&self.input, error))?;
        Ok(KeepSearches { buffer: Vec::with_capacity(2 * CHUNK), input: self.input.clone(), spool })
    }
}

impl KeepSearches {
    /// Takes the next row.
    pub(crate) fn add(&mut self, row: &Row) -> Result<(), SheetError> {
        Search::keep(row.search(), &mut self.buffer);
        if self.buffer.len() < CHUNK { Ok(()) } else { self.write() }
    }

    pub(crate) fn finish(mut self) -> Result<Searches, SheetError> {
        self.write()?;
        Ok(Searches { input: self.input, spool: self.spool.finish() })
    }

    fn write(&mut self) -> Result<(), SheetError> {
        let written = self.spool.write(&self.buffer);
        self.buffer.clear();
        written.map_err(|error| SheetError::uncopied(&self.input, error))
    }
}

#[derive(Debug)]
pub(crate) struct Searches {
    input: Input,
    spool: Spool,
}

impl Searches {
    /// The search of each row, from the first row on; `None` for a row without one.
    pub(crate) fn read(&self) -> ReadSearches {
        let kept = BufReader::with_capacity(CHUNK, self.spool.reader(0));
        ReadSearches { input: self.input.clone(), kept }
    }
}

/// One pass over [`Searches`].
pub(crate) struct ReadSearches {
    input: Input,
    kept: BufReader<SpoolReader>,
}

impl Iterator for ReadSearches {
    type Item = Result<Option<Search>, SheetError>;

    fn next(&mut self) -> Option<Self::Item> {
        let next = match self.kept.fill_buf() {
            Ok([]) => return None,
            Ok(_) => Search::read_kept(&mut self.kept),
            Err(error) => Err(error),
        };
        Some(next.map_err(|source| SheetError::Read { input: self.input.clone(), source }))
    }
}
