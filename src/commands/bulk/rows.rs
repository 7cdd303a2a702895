//! The rows of a sheet, as the lookup wants them.

use crate::lookup::RowError;
use crate::people::Row;
use crate::sheet::{Record, RowReader, Sheet};

/// One pass over a sheet.
pub(super) struct SheetRows<'a> {
    sheet: &'a Sheet,
    reader: RowReader,
    record: Record,
}

impl<'a> SheetRows<'a> {
    pub(super) fn read(sheet: &'a Sheet) -> Self {
        Self { sheet, reader: sheet.rows(), record: Record::default() }
    }
}

impl Iterator for SheetRows<'_> {
    type Item = Result<Row, RowError>;

    fn next(&mut self) -> Option<Self::Item> {
        match self.reader.read(&mut self.record) {
            Ok(false) => None,
            Ok(true) => Some(Ok(self.sheet.identify(&self.record))),
            Err(error) => Some(Err(error.into())),
        }
    }
}
